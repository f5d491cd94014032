import { innerPorts, type PortMapping } from '@vethra/container'
import type { World } from '@vethra/world'

/** The mappings as plugins get them: inside of RootlessKit as `innerPorts` has them, elsewhere as they are. Throws as `RootlessKit` does. */
export async function insidePorts(
  { rootless }: Pick<World, 'rootless'>,
  ports: readonly PortMapping[],
): Promise<readonly PortMapping[]> {
  return rootless && ports.length > 0 ? innerPorts(ports, await rootless.info()) : ports
}
