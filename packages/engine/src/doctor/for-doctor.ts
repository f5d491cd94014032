import type { World } from '@vethra/world'
import { runningResolver } from '../dns/resolver-state.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsReader } from './native-effects.ts'

/** A world as a doctor sees it, inside of containers too where that is asked for. */
export async function forDoctor(world: World, looksInside: boolean): Promise<DoctorTools> {
  const { otherSigns } = await world.facts()
  return {
    host: world,
    kernel: await world.hostKernel(),
    namespaces: world.namespaces,
    inNamespace: async (namespace) => ({
      networks: world.networks(namespace),
      containers: world.containers(namespace),
      hosts: await world.hosts(namespace),
    }),
    ipam: world.ipam,
    ports: world.ports,
    effectsOf: effectsReader(),
    otherSigns,
    looksInside,
    resolver: () => runningResolver(world.files, world.places),
    memory: world.memory,
    folders: world.folders(),
    clock: world.clock,
    lockNow: world.lockNow,
  }
}
