import { type ContainerRef, dashJoined, splitContainerId } from '@vethra/cni'
import type { DoctorTools, NamespaceTools } from './doctor-tools.ts'

/** A container in DATA_STORE, and what belongs to its namespace. */
export interface StoredContainer extends NamespaceTools, ContainerRef {}

/** The container that plugins know by this id; undefined when DATA_STORE has none. */
export async function containerOf(
  tools: DoctorTools,
  containerId: string,
): Promise<StoredContainer | undefined> {
  for (const ref of await readingsOf(tools, containerId)) {
    const own = await tools.inNamespace(ref.namespace)
    if ((await own.containers.list()).includes(ref.id)) return { ...own, ...ref }
  }
  return undefined
}

// A record of 0.1 names no container: any namespace may be the beginning of its id.
async function readingsOf(
  { host, namespaces }: DoctorTools,
  containerId: string,
): Promise<readonly ContainerRef[]> {
  const [record] = await host.records.list(containerId)
  if (record?.container) return record.container.namespace === '' ? [] : [record.container]
  const now = splitContainerId(containerId)
  const then = (await namespaces())
    .map((namespace) => ({ namespace, id: containerId.slice(namespace.length + 1) }))
    .filter((ref) => dashJoined(ref) === containerId)
  return now ? [now, ...then] : then
}
