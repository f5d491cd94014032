import { type CniError, ioError, noProgramError } from '@vethra/cni'
import { type Outcome, runProgram } from '@vethra/plugin-exec/programs'

/** Runs a program of iproute2, coreutils or util-linux. Throws CniError 100 when it is nowhere. */
export async function run(program: string, args: readonly string[], input = ''): Promise<Outcome> {
  const outcome = await runProgram(program, args, input)
  if (outcome !== undefined) return outcome
  throw noProgramError(
    `cannot run ${program}`,
    `Install ${program === 'ip' ? 'iproute2' : 'util-linux'}.`,
  )
}

/** The standard output of a program that must succeed. Throws CniError 5 with what it said. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const outcome = await run(program, args)
  if (outcome.status === 0) return outcome.stdout
  throw failed([program, ...args].join(' '), outcome)
}

/** CniError 5 for a command that ended badly. */
export function failed(command: string, { status, stderr }: Outcome): CniError {
  return ioError(`${command} failed with status ${status}`, {
    details: stderr.trim(),
    ...(process.getuid?.() === 0 ? {} : { hint: 'Run as root.' }),
  })
}
