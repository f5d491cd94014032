import { type CniError, ioError, systemHint } from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { Outcome, Start } from './program-outcome.ts'

/** Runs a program in `/`, by PATH, /usr/sbin and /sbin, with a text as input. Undefined when missing. Throws CniError 5. */
export async function runProgram(
  program: string,
  args: readonly string[],
  input = '',
): Promise<Outcome | undefined> {
  const start = await starter()
  for (const file of [program, `/usr/sbin/${program}`, `/sbin/${program}`]) {
    faultPoint('program', `${file} ${args.join(' ')}, to be started`)
    const outcome = await start(file, args, input).catch((cause: unknown) => cause)
    faultPoint('program', `${file} ${args.join(' ')}, ended`)
    if (!(outcome instanceof Error)) return outcome as Outcome
    if ((outcome as { code?: unknown }).code !== 'ENOENT') throw notStarted(file, outcome)
  }
  return undefined
}

// Under bun, node:child_process alone costs a start of 5 ms.
async function starter(): Promise<Start> {
  return process.versions['bun'] !== undefined
    ? (await import('./start-in-bun.ts')).startInBun
    : (await import('./start-in-node.ts')).startInNode
}

function notStarted(file: string, cause: unknown): CniError {
  const hint = systemHint(cause)
  const message = `cannot start ${file}`
  return ioError(message, { cause, hint })
}
