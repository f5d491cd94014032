import { dashJoined, goField, onCniError, orElse } from '@vethra/cni'
import { isInside, type PortMapping, parseStoredMappings, takesPorts } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import { cachedList, portsOf } from '../attach/cached-list.ts'
import type { KnownContainer, KnownTools } from './container-state.ts'

/** The ports that lead to a container: while it runs, those that a network publishes, else those asked for. */
export async function publishedPorts(
  tools: KnownTools,
  container: KnownContainer,
): Promise<readonly PortMapping[]> {
  const { host } = tools
  const { record, attachments, state, isForeign } = container
  if (isForeign) return foreignPorts(await cachedOf(host, attachments))
  // One that nerdctl made leaves no network while it runs.
  if (record === undefined) return nerdctlsPorts(tools, container)
  const asked = record.ports
  if (asked.length === 0 || state !== 'running') return asked
  const made = await Promise.all(attachments.map((each) => host.cache.read(each)))
  if (made.some((each) => each === undefined || cachedList(each) === undefined)) return asked
  const published = made.flatMap((each) => (each ? portsOf(each) : []))
  const mappings = parseStoredMappings(published)
  const info = await host.rootless?.info().catch(onCniError(() => undefined))
  // A RootlessKit that does not answer hides no container.
  if (host.rootless && info === undefined) return asked
  const texts = new Set(mappings.map(textOf))
  return asked.filter((each) => (info ? isInside(each, mappings, info) : texts.has(textOf(each))))
}

async function cachedOf(
  { cache }: KnownTools['host'],
  attachments: KnownContainer['attachments'],
): Promise<readonly CachedAttachment[]> {
  const made = await Promise.all(attachments.map((each) => cache.read(each)))
  return made.flatMap((each) => each ?? [])
}

// nerdctl publishes the same ports by each network of a container.
function foreignPorts(made: readonly CachedAttachment[]): readonly PortMapping[] {
  const all = made.flatMap((each) => orElse(() => parseStoredMappings(portsOf(each)), []))
  return [...new Map(all.map((each) => [textOf(each), each])).values()]
}

// Version 2 has a file of them, which may be damaged: it publishes nothing then, and hides no other container.
async function nerdctlsPorts(
  { containers, host, settings }: KnownTools,
  { id }: KnownContainer,
): Promise<readonly PortMapping[]> {
  const file = await containers.read(id, 'network-config.json').catch(onCniError(() => null))
  if (file !== undefined)
    return orElse(() => parseStoredMappings(goField(file ?? undefined, 'portMappings')), [])
  return foreignPorts(await host.cache.list(dashJoined({ namespace: settings.namespace, id })))
}

/** Whether a network that a running container joins is to publish its ports: it can, and no other one does. */
export async function isToPublish(
  { host }: KnownTools,
  { attachments }: KnownContainer,
  list: Parameters<typeof takesPorts>[0],
): Promise<boolean> {
  if (!takesPorts(list)) return false
  const made = await Promise.all(attachments.map((each) => host.cache.read(each)))
  return !made.some((each) => each && portsOf(each).length > 0)
}

function textOf({ hostIP, hostPort, containerPort, protocol }: PortMapping): string {
  return `${hostIP} ${hostPort} ${containerPort} ${protocol}`
}
