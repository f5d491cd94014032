import { formatAddress, readAddress } from '@vethra/address'
import {
  type ConfList,
  goField,
  type Json,
  orElse,
  parseResult,
  present,
  type Result,
} from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { takesPorts } from '@vethra/container'
import type { DesiredAddress, DesiredAttachment, DesiredPort, TableEffect } from '@vethra/findings'
import { isNative, type PluginWay } from '@vethra/plugins'
import type { CachedAttachment } from '@vethra/world'
import { effectsOf, type ListEffects } from './list-effects.ts'

/** Reads attachments as they were made. Attachments of one network share what its list says: a thousand are read at once. */
export function attachmentReader(
  networks: ReadonlyMap<string, ConfList>,
): (made: CachedAttachment, ways?: readonly PluginWay[]) => DesiredAttachment | undefined {
  const read = new Map<string, Map<string, ReadList | undefined>>()
  return (made, ways = []) => {
    const [way, key] = [JSON.stringify(ways), made.listText || made.network]
    const lists = read.get(way) ?? new Map<string, ReadList | undefined>()
    read.set(way, lists)
    if (!lists.has(key)) lists.set(key, readList(made, ways, networks))
    const list = lists.get(key)
    return list && readAttachment(made, list)
  }
}

interface ReadList {
  readonly effects: ListEffects
  readonly inTable: readonly TableEffect[]
  readonly takesPorts: boolean
  readonly cniVersion: string
}

function readList(
  { listText, network }: CachedAttachment,
  ways: readonly PluginWay[],
  networks: ReadonlyMap<string, ConfList>,
): ReadList | undefined {
  const list =
    listText === '' ? networks.get(network) : orElse(() => parseConfList(listText), undefined)
  return (
    list && {
      effects: effectsOf(list),
      inTable: inTable(list, ways),
      takesPorts: takesPorts(list),
      cniVersion: list.cniVersion,
    }
  )
}

function inTable(list: ConfList, ways: readonly PluginWay[]): readonly TableEffect[] {
  const native = list.plugins.filter((_, index) => isNative(list, ways, index))
  return native.flatMap(({ type }) => tableEffects[type] ?? [])
}

const tableEffects: Readonly<Record<string, readonly TableEffect[]>> = {
  bridge: ['masquerading'],
  ptp: ['masquerading'],
  firewall: ['admission', 'isolation'],
  portmap: ['ports'],
}

function readAttachment(
  { network, attachment, result: text = '' }: CachedAttachment,
  { effects, inTable: own, takesPorts: takes, cniVersion }: ReadList,
): DesiredAttachment | undefined {
  // A result that cannot be read is a lost one, and hides no other.
  const parsed = orElse(() => parseResult(text, cniVersion), undefined)
  if (parsed === undefined) return undefined
  const { result } = parsed
  const { containerId, ifname, netns, capabilityArgs } = attachment
  const told = readPorts(goField(capabilityArgs, 'portMappings'))
  const mac = result.interfaces.find((each) => each.name === ifname && each.sandbox)?.mac
  const hostLink = effects.linked ? hostLinkOf(result, effects.bridge?.name) : undefined
  return {
    network,
    containerId,
    ifname,
    netns,
    addresses: result.ips.map(readIp),
    ...(mac ? { mac: mac.toLowerCase() } : {}),
    ...(hostLink === undefined ? {} : { hostLink }),
    ...(effects.bridge ? bridgeOf(result, effects.bridge, own) : {}),
    masqueraded: effects.masqueraded,
    ...(effects.masqueradedByNft ? { masqueradedByNft: true } : {}),
    admitted: effects.admitted,
    isolation: effects.isolation,
    ports: effects.publishes ? told : [],
    inTable: own,
    publishes: takes ? (told.length > 0 ? 'does' : 'could') : 'cannot',
    ...(effects.dataDir === undefined ? {} : { dataDir: effects.dataDir }),
  }
}

function hostLinkOf({ interfaces }: Result, bridge: string | undefined): string | undefined {
  return interfaces.find(
    ({ name, sandbox = '' }) => sandbox === '' && name !== bridge && !name.startsWith(`${bridge}.`),
  )?.name
}

// Programs let the kernel choose a MAC, and older ones do not know all settings of ports.
function bridgeOf(
  result: Result,
  bridge: NonNullable<ListEffects['bridge']>,
  own: readonly TableEffect[],
): Pick<DesiredAttachment, 'bridge' | 'hostMac'> {
  const { port, ...plain } = bridge
  const whole = { ...plain, ...macOf(result, bridge.name) }
  if (!own.includes('masquerading')) return { bridge: whole }
  const { mac } = macOf(result, hostLinkOf(result, bridge.name) ?? '')
  return {
    bridge: { ...whole, ...(port ? { port } : {}) },
    ...(mac === undefined ? {} : { hostMac: mac }),
  }
}

function macOf({ interfaces }: Result, link: string): { readonly mac?: string } {
  const mac = interfaces.find(({ name, sandbox = '' }) => sandbox === '' && name === link)?.mac
  return mac === undefined || mac === '' ? {} : { mac }
}

// In canonical form, as `parseResult` gives them.
function readIp({ address: cidr, gateway }: Result['ips'][number]): DesiredAddress {
  const [address = '', length] = cidr.split('/')
  return { address, prefixLength: Number(length), ...present({ gateway }) }
}

/** The ports that a plugin was given to publish. */
export function readPorts(value: Json | undefined): readonly DesiredPort[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((each: Json) => {
    const [hostPort, containerPort] = [goField(each, 'hostPort'), goField(each, 'containerPort')]
    const protocol = goField(each, 'protocol')
    const hostIp = goField(each, 'hostIP')
    const address = typeof hostIp === 'string' ? readAddress(hostIp) : undefined
    if (typeof hostPort !== 'number' || typeof containerPort !== 'number') return []
    return [
      {
        hostPort,
        containerPort,
        protocol: typeof protocol === 'string' ? protocol.toLowerCase() : 'tcp',
        hostIp: address ? formatAddress(address) : '',
      },
    ]
  })
}
