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

/** Runs a program in the network namespace at a path; in this process's own where that is empty. Throws CniError 100 without nsenter(1). */
export async function inside(
  netns: string,
  [program, ...args]: readonly [string, ...string[]],
  input = '',
): Promise<Outcome> {
  if (netns === '') return run(program, args, input)
  const enter = (each: string) => run('nsenter', [`--net=${netns}`, '--', each, ...args], input)
  const outcome = await enter(program)
  // It looks for programs on PATH alone, and ends with 127 where one is missing.
  return outcome.status === 127 ? enter(`/usr/sbin/${program}`) : outcome
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
