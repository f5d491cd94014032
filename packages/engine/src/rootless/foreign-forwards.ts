import { forwardsTo, type HeldMapping, readProtocol } from '@vethra/container'
import type { World } from '@vethra/world'

/** The ports of the user's host that RootlessKit forwards to no socket that is held here: others have asked for them. None on a host of its own. */
export async function foreignForwards({
  rootless,
  holds,
}: Pick<World, 'rootless'> & {
  /** The sockets that are held, texts like `0.0.0.0:8080/tcp`. */
  readonly holds: readonly string[]
}): Promise<readonly HeldMapping[]> {
  if (rootless === undefined) return []
  const forwarded = await rootless.ports()
  if (forwarded.length === 0) return []
  const known = new Set(forwardsTo(holds, forwarded, await rootless.info()).map(({ id }) => id))
  return forwarded.flatMap(({ id, proto, parentIP, parentPort, childPort }) => {
    const protocol = readProtocol(proto.replace(/[46]$/, ''))
    if (protocol === undefined || known.has(id)) return []
    const by = `RootlessKit, which forwards it as number ${id}`
    return [{ protocol, hostIP: parentIP, hostPort: parentPort, containerPort: childPort, by }]
  })
}
