// Lets containers come and go in a hosts store, at random and without pause, under the lock that the
// executable takes, until it is killed. soak-hosts.ts runs it, and has the containers and the names from it.

import { diskHostsStore } from '../packages/adapters/etchosts/src/index.ts'
import { flockLock } from '../packages/adapters/lock-flock/src/index.ts'
import type { ContainerNames } from '../packages/core/names/src/index.ts'
import type { HostsStore } from '../packages/world/src/index.ts'

/** Opens the store, with the lock of the executable. */
export function openStore(dir: string): HostsStore {
  return diskHostsStore({ dir, namespace: 'default', lock: flockLock() })
}

/** A container with the hostname `h-ID` in one network. */
export function container(id: string, network: string, address: string): ContainerNames {
  const ips = [{ address: `${address}/16` }]
  const result = { cniVersion: '1.0.0', interfaces: [], ips, routes: [], dns: {} }
  return { id, name: '', hostname: `h-${id}`, extraHosts: [], networks: { [network]: result } }
}

/** Numbers that look random and come again with the same seed. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
}

/** One operation on one of 40 containers in two networks: mostly that it comes or goes. */
export async function takeStep(
  store: HostsStore,
  random: (below: number) => number,
): Promise<void> {
  const number = random(40)
  const [id, network] = [`c${number}`, number % 2]
  const names = container(id, `net${network}`, `10.${network}.0.${number + 1}`)
  const kind = random(12)
  if (kind < 5) await store.acquire({ ...names, name: 'n'.repeat(1 + random(40)) })
  else if (kind < 9) await store.release(id)
  else if (kind === 9) await store.acquire(container(id, 'net0', `10.0.0.${100 + number}`))
  else if (kind === 10) await store.rename(id, 'r'.repeat(1 + random(40)))
  else await store.remove(id)
}

if (import.meta.main) {
  const [dir = '', seed] = process.argv.slice(2)
  const [store, random] = [openStore(dir), randomFrom(Number(seed))]
  process.stdout.write('ready\n')
  for (;;) await takeStep(store, random)
}
