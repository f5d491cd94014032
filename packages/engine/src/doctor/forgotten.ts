import { type AttachmentKey, type ContainerRef, onCniError, renderResult } from '@vethra/cni'
import { type BundleRecord, membershipsOf, parseRecord } from '@vethra/container'
import type { Network } from '@vethra/networks'
import type { CachedAttachment, Memory } from '@vethra/world'
import { cacheEntry } from '../attach/add-plugins.ts'
import { convert } from '../attach/cached-list.ts'
import { isProven, type LifeTools } from '../attach/life.ts'
import { wholeNetworks } from '../network/wanted-networks.ts'
import { insidePorts } from '../rootless/inside-ports.ts'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'
import type { SeenContainer } from './observe-containers.ts'
import { readNetworks } from './read-networks.ts'

/**
 * The attachments of containers that neither a record nor a cache entry remembers, by their meta.json, vethra.json and
 * conf lists. An interface in the namespace, with that MAC and these addresses, proves each.
 */
export async function forgottenAttachments(
  tools: DoctorTools,
  containers: readonly SeenContainer[],
  { networks, memory }: { readonly networks: readonly Network[]; readonly memory: Memory },
): Promise<readonly CachedAttachment[]> {
  const cached = memory.cached.map(({ network, attachment }) => ({ ...attachment, network }))
  const remembered = Map.groupBy([...memory.records, ...cached], (each) => each.containerId)
  const all = await mapInTurns(tools.clock, containers, async ({ observed, record }) => {
    if (record?.mode !== 'cni' || observed.names === 'none') return []
    const { namespace, id, containerId } = observed
    const known = new Set(remembered.get(containerId)?.map(({ network }) => network))
    if (known.size >= record.networks.length) return []
    const found = ofContainer(tools, networks, { ...record, namespace, id, containerId })
    return (await found.catch(onCniError(() => []))).filter(({ network }) => !known.has(network))
  })
  return all.flat()
}

/** One such attachment of a container; undefined where nothing proves it. Throws CniError 5, 7 and 107. */
export async function forgottenAttachment(
  tools: DoctorTools,
  { containerId, network, ifname }: AttachmentKey,
  { namespace, id }: ContainerRef,
): Promise<CachedAttachment | undefined> {
  const json = await tools.containers(namespace).read(id, 'vethra.json')
  if (json === undefined) return undefined
  const { networks } = await readNetworks(tools, [namespace])
  const all = await ofContainer(tools, networks, { ...parseRecord(json), containerId })
  return all.find((each) => each.network === network && each.attachment.ifname === ifname)
}

async function ofContainer(
  tools: DoctorTools,
  networks: readonly Network[],
  asked: Pick<BundleRecord, 'namespace' | 'id' | 'hostname' | 'networks' | 'ports'> &
    Pick<AttachmentKey, 'containerId'>,
): Promise<readonly CachedAttachment[]> {
  const { namespace } = asked
  const results = (await (await tools.hosts(namespace)).read(asked.id))?.networks ?? {}
  const wanted = await wholeNetworks(tools.networks(namespace), networks, asked.networks)
  const ports = await insidePorts(tools.host, asked.ports)
  const joining = { ...asked, container: asked, ports, netns: '', taken: [] }
  const entries = membershipsOf(joining, wanted).flatMap(({ list, attachment }, at) => {
    const result = results[asked.networks[at]?.ref ?? '']
    const end = result?.interfaces.find(({ sandbox = '' }) => sandbox !== '')
    if (!list || !result || !end?.sandbox) return []
    const made = { ...attachment, ifname: end.name, netns: end.sandbox }
    const text = convert(JSON.stringify(renderResult(result, '1.1.0').json), list)
    return cacheEntry({ list, attachment: made }, { result, text })
  })
  const proven = await Promise.all(entries.map((each) => isThere(tools.host, each)))
  return entries.filter((_, at) => proven[at])
}

async function isThere(host: LifeTools, made: CachedAttachment): Promise<boolean> {
  const record = { ...made.attachment, network: made.network, netnsId: '', made }
  return isProven(host, record, await host.netns.look(record.netns))
}
