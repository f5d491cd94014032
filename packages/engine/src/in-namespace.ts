import type { Lists, World } from '@vethra/world'
import type { KnownTools } from './container/container-state.ts'
import type { ManageTools } from './network/tools.ts'

/** A world from within one containerd namespace. */
export async function inNamespace(world: World, namespace: string): Promise<ManageTools> {
  const [known, effects] = await Promise.all([containersIn(world, namespace), world.facts()])
  return {
    ...known,
    host: world,
    networks: world.networks(namespace),
    ports: world.ports,
    ipamAt: world.ipam,
    effects,
    files: world.files,
  }
}

/** The parts that list the containers of one containerd namespace: less than `inNamespace` to load. */
export async function containersIn(world: Lists, namespace: string): Promise<KnownTools> {
  return {
    settings: { ...world.resolved.settings, namespace },
    host: world,
    containers: world.containers(namespace),
    hosts: await world.hosts(namespace),
  }
}
