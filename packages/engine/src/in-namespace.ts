import type { World } from '@vethra/world'
import { runningResolver } from './dns/resolver-state.ts'
import type { DoctorTools } from './doctor/doctor-tools.ts'
import { effectsReader } from './doctor/native-effects.ts'
import type { ManageTools } from './network/tools.ts'

/** A world from within one containerd namespace. */
export async function inNamespace(world: World, namespace: string): Promise<ManageTools> {
  const [hosts, ipam, effects] = await Promise.all([
    world.hosts(namespace),
    world.ipam(world.places.networks),
    world.facts(),
  ])
  return {
    settings: { ...world.resolved.settings, namespace },
    host: world,
    networks: world.networks(namespace),
    containers: world.containers(namespace),
    hosts,
    ports: world.ports,
    ipam,
    ipamAt: world.ipam,
    effects,
    files: world.files,
  }
}

/** A world as a doctor sees it. */
export async function forDoctor(world: World): Promise<DoctorTools> {
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
    resolver: () => runningResolver(world.files, world.places),
    memory: world.memory,
    folders: world.folders(),
    clock: world.clock,
    lockNow: world.lockNow,
  }
}
