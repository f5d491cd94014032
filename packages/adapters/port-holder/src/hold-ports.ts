import { closeSync, openSync, writeSync } from 'node:fs'
import { readSocket } from '@vethra/container'
import { readHolderArgs } from './holder-processes.ts'

/** The holder's process: keeps ports until the container's first process ends. `argv`: as `portHolder` made it. Returns the exit status. */
export async function holdPorts(argv: readonly string[]): Promise<number> {
  const call = readHolderArgs(argv)
  if (call === undefined) return say('not the command line of a port holder', 2)
  const sockets = call.sockets.flatMap((text) => readSocket(text) ?? [])
  try {
    if (process.versions['bun'] !== undefined) {
      const { holdInBun } = await import('./hold-in-bun.ts')
      holdInBun(call.init, sockets, () => say('ready', 0))
    } else {
      const { holdInNode } = await import('./hold-in-node.ts')
      await holdInNode(call.init, sockets, () => say('ready', 0))
    }
    return 0
  } catch (error) {
    return say(error instanceof Error ? error.message : String(error), 1)
  }
}

// Whoever started us reads until we close. A socket must not take the place of standard output.
function say(text: string, status: number): number {
  writeSync(1, text)
  closeSync(1)
  openSync('/dev/null', 'w')
  return status
}
