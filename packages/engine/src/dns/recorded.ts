import type { ContainerRef } from '@vethra/cni'
import { changeAt, type NamespaceNames, readNames, rereadNames } from './dns-names.ts'
import type { DnsTools } from './dns-tools.ts'

/** The records of all namespaces, as they were when they were last read. */
export interface Recorded {
  /** The namespace of the settings first. */
  all(): readonly NamespaceNames[]
  /** Reads again what changes of these paths may mean. */
  refresh(paths: readonly string[]): Promise<Refreshed>
}

/** The parts that were read again. */
interface Refreshed {
  /** Whether networks may be others, and with them every container. */
  readonly networks: boolean
  readonly containers: readonly ContainerRef[]
}

/** Reads everything, and from then on what changes. */
export async function openRecorded(tools: DnsTools): Promise<Recorded> {
  const { dataStore, netconf } = tools.places
  const own = tools.resolved.settings.namespace
  let known = await readAll(tools, own)
  return {
    all: () => [...known.values()],
    async refresh(paths) {
      const changes = paths.flatMap((path) => changeAt(path, { dataStore, netconf }) ?? [])
      const containers = changes.flatMap((each) => (each.kind === 'container' ? [each] : []))
      if (changes.some(({ kind }) => kind === 'all')) {
        known = await readAll(tools, own)
        return { networks: true, containers: [] }
      }
      const namespaces = new Set(containers.map(({ namespace }) => namespace))
      const coming = [...namespaces].filter((each) => !known.has(each))
      for (const each of coming) known.set(each, await readNames(tools, each))
      const networks = changes.some(({ kind }) => kind === 'networks') || coming.length > 0
      const byNamespace = Map.groupBy(containers, ({ namespace }) => namespace)
      for (const [namespace, before] of known) {
        const ids = [...new Set((byNamespace.get(namespace) ?? []).map(({ id }) => id))]
        if (!networks && ids.length === 0) continue
        known.set(namespace, await rereadNames(tools, before, { networks, ids }))
      }
      return { networks, containers }
    },
  }
}

async function readAll(tools: DnsTools, own: string): Promise<Map<string, NamespaceNames>> {
  const namespaces = [...new Set([own, ...(await tools.namespaces())])]
  const read = namespaces.map(async (each) => [each, await readNames(tools, each)] as const)
  return new Map(await Promise.all(read))
}
