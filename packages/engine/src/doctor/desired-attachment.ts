import {
  type ConfList,
  goField,
  jsonOrNull,
  orElse,
  parseResult,
  present,
  type Result,
} from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { joinHostPort, parseStoredMappings, takesPorts } from '@vethra/container'
import type {
  DesiredAttachment,
  DesiredPort,
  ObservedAttachment,
  TableEffect,
} from '@vethra/findings'
import { isNative, macFor, type PluginWay } from '@vethra/plugins'
import type { CachedAttachment } from '@vethra/world'
import { cachedList } from '../attach/cached-list.ts'
import { effectsOf, type ListEffects } from './list-effects.ts'

/** Reads attachments as they were made. Attachments of one network share what its list says: a thousand are read at once. */
export function attachmentReader(
  networks: ReadonlyMap<string, ConfList>,
): (made: CachedAttachment, ways?: readonly PluginWay[]) => DesiredAttachment | undefined {
  const lists = new Map<string, ReadList | undefined>()
  return (made, ways = []) => {
    const key = made.listText || made.network
    if (!lists.has(key)) lists.set(key, readList(made, networks))
    const read = lists.get(key)
    return read && readAttachment(made, read, ways)
  }
}

interface ReadList {
  readonly list: ConfList
  readonly effects: ListEffects
  /** That of a bridge that Vethra made. */
  readonly bridgeMac: string
}

function readList(
  { listText, network }: CachedAttachment,
  networks: ReadonlyMap<string, ConfList>,
): ReadList | undefined {
  const list =
    listText === '' ? networks.get(network) : orElse(() => parseConfList(listText), undefined)
  if (list === undefined) return undefined
  const effects = effectsOf(list)
  return { list, effects, bridgeMac: macFor('bridge', effects.bridge?.name ?? '') }
}

const tableEffects: Readonly<Record<string, readonly TableEffect[]>> = {
  bridge: ['masquerading'],
  ptp: ['masquerading'],
  firewall: ['admission', 'isolation'],
  portmap: ['ports'],
}

function readAttachment(
  { network, attachment, result: text = '' }: CachedAttachment,
  { list, effects, bridgeMac }: ReadList,
  ways: readonly PluginWay[],
): DesiredAttachment | undefined {
  // A result that cannot be read is a lost one, and hides no other.
  const result = orElse(() => parseResult(text, list.cniVersion).result, undefined)
  if (result === undefined) return undefined
  const { containerId, ifname, netns } = attachment
  const { masqueraded, masqueradedByNft, admitted, isolation, dataDir } = effects
  const inTable = list.plugins.flatMap(({ type }, at) =>
    isNative(list, ways, at) ? (tableEffects[type] ?? []) : [],
  )
  // Plugin firewall isolates the port, too.
  const isApart = isolation === 'isolated' && inTable.includes('isolation')
  const bridge = effects.bridge?.port && {
    ...effects.bridge,
    port: { ...effects.bridge.port, ...(isApart ? { isolated: true } : {}) },
  }
  const told = readPorts(attachment)
  const mac = result.interfaces.find((each) => each.name === ifname && each.sandbox)?.mac
  return {
    ...{ network, containerId, ifname, netns, masqueraded, admitted, isolation, inTable },
    // In canonical form, as `parseResult` gives them.
    addresses: result.ips.map(({ address: cidr, gateway }) => {
      const [address = '', length] = cidr.split('/')
      return { address, prefixLength: Number(length), ...present({ gateway }) }
    }),
    ...(mac ? { mac: mac.toLowerCase() } : {}),
    ...(effects.linked
      ? linksOf(result, bridge, inTable.includes('masquerading') ? bridgeMac : '')
      : {}),
    ...(masqueradedByNft ? { masqueradedByNft } : {}),
    ports: effects.publishes ? told : [],
    ...(effects.answersLocally && !inTable.includes('ports') && told.some(isLocal)
      ? { answersLocally: true }
      : {}),
    publishes: takesPorts(list) ? (told.length > 0 ? 'does' : 'could') : 'cannot',
    ...present({ dataDir, defaultMetric: defaultMetric(result) }),
  }
}

function defaultMetric({ routes }: Result): number | undefined {
  const metrics = routes.flatMap(({ dst, priority = 0 }) => (dst === '0.0.0.0/0' ? priority : []))
  return metrics.length === 0 ? undefined : Math.min(...metrics)
}

function isLocal({ hostIp }: DesiredPort): boolean {
  return hostIp === '' || /^(0\.0\.0\.0$|127\.)/.test(hostIp)
}

// Programs let the kernel choose a MAC, and older ones do not know all settings of ports.
function linksOf(
  { interfaces }: Result,
  bridge: ListEffects['bridge'],
  nativeMac: string,
): Pick<DesiredAttachment, 'bridge' | 'hostLink' | 'hostMac'> {
  const onHost = interfaces.filter(({ sandbox = '' }) => sandbox === '')
  const link = onHost.find(
    ({ name }) => name !== bridge?.name && !name.startsWith(`${bridge?.name}.`),
  )
  const hostLink = present({ hostLink: link?.name })
  if (bridge === undefined) return hostLink
  const { port, ...plain } = bridge
  const mac = onHost.find(({ name }) => name === bridge.name)?.mac || undefined
  if (nativeMac === '') return { ...hostLink, bridge: { ...plain, ...present({ mac }) } }
  const hostMac = link?.mac || undefined
  // A bridge of others gets another MAC with a port, and keeps none of then.
  const own = mac === nativeMac ? mac : undefined
  return {
    ...hostLink,
    bridge: { ...plain, ...present({ mac: own, port }) },
    ...present({ hostMac }),
  }
}

/** The ports that an attachment publishes, where they are looked for in tables of nftables: portmap's own, ours too where it is a program. */
export function publishedEnds(
  plain: DesiredAttachment | undefined,
  entry: CachedAttachment | undefined,
  ours: boolean,
): Pick<ObservedAttachment, 'published' | 'byNft'> {
  const byNft = entry && publishesByNft(entry)
  if (!plain || !entry || (ours && (!byNft || plain.inTable.includes('ports')))) return {}
  const told = readPorts(entry.attachment)
  const ports = byNft ? told : plain.ports
  if (ports.length === 0) return {}
  const published = ports.map(({ protocol, hostPort, containerPort }) => ({
    ...{ protocol, hostPort },
    ends: plain.addresses.map(({ address }) => joinHostPort(address, containerPort)),
  }))
  return { published, ...(byNft ? { byNft } : {}) }
}

// Of a thousand conf lists few say so: the others need not be parsed for it.
function publishesByNft(entry: CachedAttachment): boolean {
  if (!entry.listText.includes('nftables')) return false
  const plugins = cachedList(entry)?.plugins ?? []
  return plugins.some(
    ({ type, text }) => type === 'portmap' && goField(jsonOrNull(text), 'backend') === 'nftables',
  )
}

// Another runtime may have given anything: a mapping that cannot be read is left out.
function readPorts({ capabilityArgs }: CachedAttachment['attachment']): readonly DesiredPort[] {
  const given = goField(capabilityArgs, 'portMappings')
  const mappings = (Array.isArray(given) ? given : []).flatMap((each) =>
    orElse(() => parseStoredMappings([each]), []),
  )
  return mappings.map(({ hostIP, ...port }) => ({ ...port, hostIp: hostIP }))
}
