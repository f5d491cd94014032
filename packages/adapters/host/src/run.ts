import { execFile } from 'node:child_process'
import { CniError } from '@vethra/spec'

/** How a program ended. */
export interface Outcome {
  /** Its exit status; -1 when a signal ended it. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program of iproute2 or util-linux, looked for on PATH and then in /usr/sbin and /sbin, which
 * a hook's PATH may lack. Throws CniError 100 when it is nowhere.
 */
export async function run(program: string, args: readonly string[]): Promise<Outcome> {
  for (const file of [program, `/usr/sbin/${program}`, `/sbin/${program}`]) {
    const outcome = await start(file, args)
    if (outcome !== undefined) return outcome
  }
  throw new CniError({
    code: 100,
    message: `cannot run ${program}`,
    hint: `Install ${program === 'ip' ? 'iproute2' : 'util-linux'}.`,
  })
}

/** The standard output of a program that must succeed. Throws CniError 5 with what it said. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const outcome = await run(program, args)
  if (outcome.status === 0) return outcome.stdout
  throw failed([program, ...args].join(' '), outcome)
}

/** CniError 5 for a command that ended badly. */
export function failed(command: string, { status, stderr }: Outcome): CniError {
  return new CniError({
    code: 5,
    message: `${command} failed with status ${status}`,
    details: stderr.trim(),
    hint: 'Run as root.',
  })
}

function start(file: string, args: readonly string[]): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: longest }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (code === 'ENOENT') resolve(undefined)
      else if (typeof code === 'string') reject(error)
      else resolve({ status: code ?? -1, stdout, stderr })
    })
  })
}

/** A host with 100,000 routes prints 15 MB. */
const longest = 256 * 1024 * 1024
