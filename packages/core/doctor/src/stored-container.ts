import { containerIdOf } from '@vethra/model'
import type { DoctorTools, NamespaceTools } from './doctor-tools.ts'

/** A container in DATA_STORE, and what belongs to its namespace. */
export interface StoredContainer extends NamespaceTools {
  readonly namespace: string
  readonly id: string
}

/** The container that plugins know by this id; undefined when DATA_STORE has none. */
export async function containerOf(
  tools: DoctorTools,
  containerId: string,
): Promise<StoredContainer | undefined> {
  for (const namespace of await tools.namespaces()) {
    const id = containerId.slice(namespace.length + 1)
    if (containerIdOf(namespace, id) !== containerId) continue
    const own = tools.inNamespace(namespace)
    if ((await own.containers.list()).includes(id)) return { ...own, namespace, id }
  }
  return undefined
}
