import { CniError, inUseError, onCniError } from '@vethra/cni'
import {
  type ForwardedPort,
  formatForward,
  forwardInTheWay,
  forwardsTo,
  innerPorts,
  type NumberedPort,
  type RootlessInfo,
  wantedForwards,
} from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'
import type { PortHolder, RootlessKit } from '@vethra/world'

/** A PortHolder inside of RootlessKit: forwards what `inner` holds; its record outlives the forwards, for whoever frees them. */
export function forwardingHolder(inner: PortHolder, kit: RootlessKit): PortHolder {
  return {
    ...inner,
    async hold(request) {
      const { containerId, ports } = request
      const earlier = await recordedSockets(inner, containerId)
      if (earlier.length === 0 && ports.length === 0) return inner.hold(request)
      const info = await kit.info()
      const wanted = wantedForwards(ports, info)
      await stopForwarding(kit, earlier, info)
      const held = { ...request, ports: innerPorts(ports, info) }
      const reservation = await inner.hold(held)
      const forwarded = [...(wanted.length > 0 ? await kit.ports() : [])]
      const present = forwarded.length
      try {
        for (const each of wanted) forwarded.push(await forward(kit, each, forwarded))
      } catch (error) {
        const left = await stopAll(kit, forwarded.slice(present))
        // With the record of the sockets the next command finds what is left.
        if (left.length > 0)
          throw new CniError({
            code: 106,
            message: `ports of container ${containerId} are not published, and some are still forwarded`,
            hint: 'Free them with "vethra doctor --repair" once the container is gone.',
            cause: new AggregateError([error, ...left]),
          })
        await inner.release(held)
        throw error
      }
      return reservation
    },

    async release(container) {
      const earlier = await recordedSockets(inner, container.containerId)
      if (earlier.length > 0) await stopForwarding(kit, earlier, await kit.info())
      await inner.release(container)
    },

    list: async () => withUnforwarded(kit, await inner.list()),
  }
}

async function withUnforwarded(
  kit: RootlessKit,
  holds: readonly ObservedPortHold[],
): Promise<readonly ObservedPortHold[]> {
  if (holds.every(({ alive, sockets }) => !alive || sockets.length === 0)) return holds
  // Of one that does not answer nothing is known.
  const info = await kit.info().catch(onCniError(() => undefined))
  if (info?.portDriver !== 'explicit') return holds
  const forwarded = await kit.ports()
  const isUnforwarded = (socket: string) => forwardsTo([socket], forwarded, info).length === 0
  return holds.map((each) => {
    const unforwarded = each.alive ? each.sockets.filter(isUnforwarded) : []
    return unforwarded.length > 0 ? { ...each, unforwarded } : each
  })
}

async function recordedSockets(inner: PortHolder, containerId: string): Promise<readonly string[]> {
  const holds = await inner.list()
  return holds.filter((each) => each.containerId === containerId).flatMap(({ sockets }) => sockets)
}

async function stopForwarding(
  kit: RootlessKit,
  sockets: readonly string[],
  info: RootlessInfo,
): Promise<void> {
  if (sockets.length === 0 || info.portDriver !== 'explicit') return
  for (const { id } of forwardsTo(sockets, await kit.ports(), info)) await kit.stopForwarding(id)
}

async function stopAll(
  kit: RootlessKit,
  forwarded: readonly NumberedPort[],
): Promise<readonly CniError[]> {
  const failed: CniError[] = []
  for (const { id } of forwarded.toReversed())
    await kit.stopForwarding(id).catch(onCniError((error) => failed.push(error)))
  return failed
}

async function forward(
  kit: RootlessKit,
  wanted: ForwardedPort,
  forwarded: readonly NumberedPort[],
): Promise<NumberedPort> {
  const taken = forwardInTheWay(wanted, forwarded)
  if (taken === undefined) return { ...wanted, id: await kit.forward(wanted).catch(naming(wanted)) }
  throw inUseError(
    `cannot publish ${formatForward(wanted)}: RootlessKit forwards ${formatForward(taken)} already, as number ${taken.id}`,
    `Choose another port, or end that with: rootlessctl --socket=$ROOTLESSKIT_STATE_DIR/api.sock remove-ports ${taken.id}`,
  )
}

function naming(wanted: ForwardedPort): (error: unknown) => never {
  return onCniError((cause) => {
    const message = `cannot publish ${formatForward(wanted)} on the host of RootlessKit`
    throw new CniError({ code: cause.code, message, hint: hintFor(wanted), cause })
  })
}

function hintFor({ parentPort }: ForwardedPort): string {
  return parentPort < 1024
    ? `Publish a port from 1024, or have the administrator allow it: sysctl -w net.ipv4.ip_unprivileged_port_start=${parentPort}`
    : `Choose a port and an address that are free there: "ss -tulpn" outside of RootlessKit shows who has one.`
}
