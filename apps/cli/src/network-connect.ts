import {
  type ConnectOptions,
  connectContainer,
  disconnectContainer,
  planConnect,
  planDisconnect,
} from '@vethra/engine'
import type { Io } from '@vethra/world'
import { printPlan } from './network-plan.ts'
import type { Tools } from './tools.ts'

/** A network and a container as they are named on the command line. */
export interface ConnectedRefs {
  readonly network: string
  readonly container: string
}

/** The options of `network connect`. */
export interface ConnectFlags extends ConnectOptions {
  readonly dryRun: boolean
}

/** The options of `network disconnect`. */
export interface DisconnectFlags {
  readonly force: boolean
  readonly dryRun: boolean
}

/** Connects a container, or prints the plan. */
export async function connect(
  tools: Tools,
  refs: ConnectedRefs,
  flags: ConnectFlags,
  io: Io,
): Promise<void> {
  if (flags.dryRun) return printPlan(await planConnect(tools, refs, flags), io)
  await connectContainer(tools, refs, flags)
}

/** Disconnects a container, or prints the plan; what could not be done is a warning. */
export async function disconnect(
  tools: Tools,
  refs: ConnectedRefs,
  flags: DisconnectFlags,
  io: Io,
): Promise<void> {
  if (flags.dryRun) return printPlan(await planDisconnect(tools, refs, flags), io)
  const warnings = await disconnectContainer(tools, refs, flags)
  for (const each of warnings) io.complain(`warning: ${each}`)
}
