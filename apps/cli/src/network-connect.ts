import {
  type ConnectRequest,
  connectContainer,
  type DisconnectRequest,
  disconnectContainer,
  type NetworkAndContainer,
  planConnect,
  planDisconnect,
} from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Tools } from './open-world.ts'

/** A command that can be a dry run. */
interface CanBeDry {
  readonly dryRun: boolean
}

/** The options of `network connect`. */
export type ConnectFlags = Omit<ConnectRequest, keyof NetworkAndContainer> & CanBeDry

/** The options of `network disconnect`. */
export interface DisconnectFlags extends CanBeDry {
  readonly force: boolean
}

/** Connects a container, or prints the plan. */
export async function connect(
  tools: Tools,
  request: ConnectRequest & CanBeDry,
  io: Io,
): Promise<void> {
  if (request.dryRun) return io.print(JSON.stringify(await planConnect(tools, request), null, 2))
  await connectContainer(tools, request)
}

/** Disconnects a container, or prints the plan; what could not be done is a warning. */
export async function disconnect(
  tools: Tools,
  request: DisconnectRequest & CanBeDry,
  io: Io,
): Promise<void> {
  if (request.dryRun) return io.print(JSON.stringify(await planDisconnect(tools, request), null, 2))
  const warnings = await disconnectContainer(tools, request)
  for (const each of warnings) io.complain(`warning: ${each}`)
}
