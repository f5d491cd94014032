import type { ContainerNames, HostsStore } from '@vethra/hosts'
import type { Foresee } from '@vethra/plan'
import type { ParsedResult } from '@vethra/result'
import type { Result } from '@vethra/spec'
import type { Container } from './container.ts'
import { idle } from './idle.ts'

/** What a container's peers know of it while it is attached. */
export interface KnownNames {
  /** Makes it known while the plugins that are left run, which seldom change the addresses. */
  readonly foresee: Foresee
  /** Makes it known as the results are. Throws CniError as the hosts store does. */
  readonly settle: (results: readonly ParsedResult[]) => Promise<void>
  /** Makes it unknown: the names of a container that was not attached must not stay in its peers' files. */
  readonly forget: () => Promise<void>
}

/** The names of a container in a store that is asked when it is needed. */
export function knownNames(container: Container, store: Promise<HostsStore>): KnownNames {
  let early: Promise<string | undefined> | undefined
  let isBegun = false
  const acquire = async (names: ContainerNames): Promise<string> => {
    const hosts = await store
    isBegun = true
    await hosts.acquire(names)
    return JSON.stringify(names)
  }
  return {
    foresee: (results) => {
      // What fails here is tried again, and told, when all plugins have run.
      early ??= idle()
        .then(() => acquire(namesOf(container, results)))
        .catch(() => undefined)
    },
    settle: async (results) => {
      const names = namesOf(container, results)
      if ((await early) !== JSON.stringify(names)) await acquire(names)
    },
    forget: async () => {
      await early
      if (isBegun) await (await store).release(container.state.id)
    },
  }
}

function namesOf({ request }: Container, results: readonly ParsedResult[]): ContainerNames {
  const { id, name, hostname, domainname, extraHosts } = request
  const entries = request.networks.map(({ ref }, index) => [ref, results[index]?.result] as const)
  const aliases = request.networks
    .filter((network) => network.aliases.length > 0)
    .map((network) => [network.ref, network.aliases] as const)
  return {
    id,
    name,
    hostname,
    domainname,
    extraHosts,
    networks: Object.fromEntries(entries.filter((entry): entry is [string, Result] => !!entry[1])),
    ...(aliases.length > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
  }
}
