import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { goField, goItems, jsonOrNull, present } from '@vethra/cni'
import { comparisonOf } from './hostport-table.ts'
import type { MasqueradedAttachment } from './iptables/masquerading-rules.ts'
import { masqueradeTable } from './plugin-tables.ts'

/** One rule of that table: whose traffic it masquerades. */
export interface MasqueradeRule {
  /** The beginning of its comment, made of network, interface and container id. */
  readonly mark: string
  /** `10.4.1.2`. */
  readonly address: string
  /** Whose it says it is, where its mark is made of that; absent where a long comment was cut, too. */
  readonly claim?: { readonly network: string; readonly containerId: string }
  /** The number that nft has for it. */
  readonly handle: number
  readonly comment: string
}

const chain = 'masq_checks'

/** The rules of the table, as `nft -j list table` prints it; none for any other text. */
export function masqueradeRules(listing: string): readonly MasqueradeRule[] {
  return goItems(jsonOrNull(listing), 'nftables').flatMap((entry) => {
    const rule = goField(entry, 'rule')
    const parts = goItems(rule, 'expr')
    const address = comparisonOf(parts, 'saddr')?.value
    const [comment, handle] = [goField(rule, 'comment'), goField(rule, 'handle')]
    const isWhole = parts.some((each) => goField(each, 'masquerade') !== undefined)
    if (!isWhole || typeof address !== 'string' || typeof comment !== 'string') return []
    if (typeof handle !== 'number' || goField(rule, 'chain') !== chain) return []
    const [mark = ''] = comment.split(',')
    return { mark, address, ...present({ claim: claimOf(mark, comment) }), handle, comment }
  })
}

/** The beginning of the comments of an attachment's rules. */
export function masqueradeMark({ network, containerId, ifname }: Ref): string {
  return `${hash(network)}-${hash(`${ifname}:${containerId}`)}`
}

type Ref = Pick<MasqueradedAttachment, 'network' | 'containerId' | 'ifname'>

/** The removal of rules, as text for `nft -f`; empty for none. */
export function masqueradeRemovals(rules: readonly MasqueradeRule[]): string {
  return rules.map(({ handle }) => `${removalText(handle)}\n`).join('')
}

function removalText(handle: number): string {
  return `delete rule inet ${masqueradeTable} ${chain} handle ${handle}`
}

/** The command that takes one rule out, for people. */
export function masqueradeRemoval({ handle }: MasqueradeRule): string {
  return `nft ${removalText(handle)}`
}

/** The table as the plugins make it, with the rules in `there` that attachments lack, for `nft -f`; their DEL finds them by marks. */
export function masqueradeText(
  attachments: readonly MasqueradedAttachment[],
  there: readonly MasqueradeRule[],
): string {
  const present = new Set(there.map(({ mark, address }) => `${mark} ${address}`))
  const rules = attachments.flatMap((each) =>
    each.addresses.flatMap((text) => ruleOf(each, text, present)),
  )
  const table = `inet ${masqueradeTable}`
  const lines = [
    `add table ${table} { comment "${tableComment}" ; }`,
    `add chain ${table} ${chain}`,
    `add chain ${table} postrouting { type nat hook postrouting priority 100 ; }`,
    `flush chain ${table} postrouting`,
    `add rule ${table} postrouting ip daddr 224.0.0.0/4 return`,
    `add rule ${table} postrouting ip6 daddr ff00::/8 return`,
    `add rule ${table} postrouting goto ${chain}`,
    ...rules.map((each) => `add rule ${table} ${chain} ${each}`),
  ]
  return `${lines.join('\n')}\n`
}

const tableComment = 'Masquerading for plugins from github.com/containernetworking/plugins'

// nft takes the subnet of an address by itself.
function ruleOf(owner: Ref, prefix: string, present: ReadonlySet<string>): readonly string[] {
  const [address = ''] = prefix.split('/')
  if (present.has(`${masqueradeMark(owner)} ${address}`)) return []
  const family = address.includes(':') ? 'ip6' : 'ip'
  return [
    `${family} saddr ${address} ${family} daddr != ${prefix} masquerade comment "${commentOf(owner)}"`,
  ]
}

// The longest that the kernel takes.
function commentOf(owner: Ref): string {
  const { network, ifname, containerId } = owner
  const [net, name, id] = [network, ifname, containerId].map((each) => each.replaceAll('"', ''))
  return `${masqueradeMark(owner)}, net: ${net}, if: ${name}, id: ${id}`.slice(0, 128)
}

function claimOf(mark: string, comment: string): MasqueradeRule['claim'] {
  const [, network = '', ifname = '', containerId = ''] =
    /^[0-9a-f-]+, net: (.*), if: (.*), id: (.*)$/.exec(comment) ?? []
  const isTrue = mark === masqueradeMark({ network, containerId, ifname })
  return isTrue ? { network, containerId } : undefined
}

function hash(text: string): string {
  return bytesToHex(sha512(utf8ToBytes(text))).slice(0, 16)
}
