import type { World } from '@vethra/world'
import { writeContainerFiles } from '../bundle/container-files.ts'
import { runningResolver } from '../dns/resolver-state.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsReader } from './native-effects.ts'

/** A world as a doctor sees it. Default: folders alone, and containers from outside. */
export async function forDoctor(
  world: World,
  looks: Partial<Pick<DoctorTools, 'looksWithin' | 'looksInside'>> = {},
): Promise<DoctorTools> {
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
    files: world.files,
    writeMounted: async (namespace, record, known) =>
      writeContainerFiles(
        {
          ...{ settings: world.resolved.settings, host: world, files: world.files, known },
          containers: world.containers(namespace),
          hosts: await world.hosts(namespace),
          effects: await world.facts(),
        },
        record,
      ),
    ipam: world.ipam,
    ports: world.ports,
    effectsOf: effectsReader(),
    otherSigns,
    looksWithin: looks.looksWithin ?? false,
    looksInside: looks.looksInside ?? (() => false),
    resolver: () => runningResolver(world.files, world.places),
    memory: world.memory,
    folders: world.folders(),
    clock: world.clock,
    lockNow: world.lockNow,
  }
}
