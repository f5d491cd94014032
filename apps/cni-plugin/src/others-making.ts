import { type CniError, goField, present } from '@vethra/cni'
import { changeRules, type Stage } from '@vethra/engine'
import {
  admittingLeftovers,
  attachmentChains,
  attachmentLeftovers,
  type MasqueradeRule,
  masqueradeMark,
  masqueradeRemovals,
  masqueradeRules,
} from '@vethra/firewall'
import { isOwnVeth, type LinkKind, linkKindOf, planFormer } from '@vethra/plugins'
import { attachmentOwner, isSameOwner, type Link, type Owned } from '@vethra/state'
import { failed } from './go-codes.ts'
import { type PlannedCall, readablePrevious } from './planned-call.ts'

/** Whether a Go plugin made the attachment of a call: its veth has no name of ours, or there is none and chains bear its name. */
export async function isOthersMaking({ host }: PlannedCall, stage: Stage): Promise<boolean> {
  const [request] = stage.requests
  if (request === undefined || stage.previous === undefined) return false
  const isOwn = isOwnVeth(stage.previous, request)
  if (isOwn !== undefined) return !isOwn
  const { network, attachment } = request
  return host.hasChain('nat', attachmentChains(network, attachment.containerId))
}

/** Throws CniError 999 where the chains of a Go plugin are missing that its ADD made; a rule of nftables may masquerade in their place. */
export async function checkOthersRules(call: PlannedCall, stage: Stage): Promise<void> {
  const { type, host } = call
  const wanted = new Set(
    stage.requests
      .flatMap((request) =>
        planFormer([request], { facts: { links: {} }, ...present({ result: stage.previous }) }),
      )
      .map(({ resource }) => resource.kind),
  )
  const [request] = stage.requests
  if (request === undefined) return
  const [masquerade = '', ports = ''] = attachmentChains(
    request.network,
    request.attachment.containerId,
  )
  const missing = async (table: 'nat' | 'filter', chain: string) =>
    (await host.hasChain(table, [chain])) ? [] : [chain]
  const hasRule = isByNft(call) && (await masqueradesOf(call)).length > 0
  const lost = [
    ...(wanted.has('masquerade') && !hasRule ? await missing('nat', masquerade) : []),
    ...(wanted.has('publish') ? await missing('nat', ports) : []),
    ...(type === 'firewall' ? await missing('filter', 'CNI-FORWARD') : []),
  ]
  if (lost.length > 0) throw failed(`chain ${lost[0]} not found in iptables`)
}

function isByNft({ request }: PlannedCall): boolean {
  return goField(request.conf, 'ipMasqBackend') === 'nftables'
}

// The rules of an attachment in the table of Go plugins.
async function masqueradesOf({ host, request }: PlannedCall): Promise<readonly MasqueradeRule[]> {
  const mark = masqueradeMark(request)
  const listing = (await host.rules.masquerading?.list()) ?? ''
  return masqueradeRules(listing).filter((each) => each.mark === mark)
}

/** Removes what the Go plugin of this name made of an attachment: its interface, which bears no mark, and its rules. */
export async function removeOthersMaking(call: PlannedCall): Promise<CniError | undefined> {
  const error = await removeInterface(call)
  await removeRules(call)
  const masquerades = isByNft(call) ? await masqueradesOf(call) : []
  if (masquerades.length > 0)
    await call.host.rules.masquerading?.change(masqueradeRemovals(masquerades))
  return error
}

async function removeInterface(given: PlannedCall): Promise<CniError | undefined> {
  const { type, host, request } = given
  const kind = linkKindOf(type)
  const { netns, ifname } = request
  if (kind === undefined || kind === 'tun' || netns === '') return undefined
  const owner = attachmentOwner(request)
  const [found] = await host.attachments.observe(netns, [
    { owner, resource: unmarked(kind, ifname) },
  ])
  if (found?.resource.kind !== 'link' || found.resource.type.name !== kind) return undefined
  // Ours is there still where the conf has gone wrong since ADD.
  if (found.owner.kind !== 'host' && !isSameOwner(found.owner, owner)) return undefined
  const from: Owned = {
    ...found,
    resource: { ...found.resource, type: unmarked(kind, ifname).type },
  }
  const { failed } = await host.attachments.apply(netns, [{ kind: 'remove', from }])
  return failed?.error
}

function unmarked(kind: Exclude<LinkKind, 'tun'>, name: string): Link {
  const type: Link['type'] =
    kind === 'veth'
      ? { name: 'veth', hostName: '', hostMac: '' }
      : kind === 'dummy'
        ? { name: 'dummy' }
        : kind === 'vlan'
          ? { name: 'vlan', parent: '', id: 0 }
          : { name: kind, parent: '', mode: '' }
  return { kind: 'link', place: 'container', name, type, up: true }
}

async function removeRules({ type, host, request }: PlannedCall): Promise<void> {
  const { network, containerId } = request
  const isFirewall = type === 'firewall'
  if (!isFirewall && !['bridge', 'ptp', 'portmap'].includes(type)) return
  const chains = isFirewall ? ['CNI-FORWARD'] : attachmentChains(network, containerId)
  if (!(await host.hasChain(isFirewall ? 'filter' : 'nat', chains))) return
  const addresses = (readablePrevious(request)?.ips ?? []).map(({ address }) => address)
  await changeRules(host.rules, ({ text }) =>
    isFirewall
      ? admittingLeftovers(text, addresses)
      : attachmentLeftovers(text, network, containerId),
  )
}
