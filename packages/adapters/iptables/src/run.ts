import { execFile } from 'node:child_process'

/** How a program ended. */
export interface Outcome {
  /** Its exit status; -1 when a signal ended it. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program with a text as its input, looked for on PATH and then in /usr/sbin and /sbin, which
 * a hook's PATH may lack. Undefined when it is nowhere.
 */
export async function run(
  program: string,
  args: readonly string[],
  input: string,
): Promise<Outcome | undefined> {
  for (const file of [program, `/usr/sbin/${program}`, `/sbin/${program}`]) {
    const outcome = await start(file, args, input)
    if (outcome !== undefined) return outcome
  }
  return undefined
}

function start(file: string, args: readonly string[], input: string): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { maxBuffer: longest }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (code === 'ENOENT') resolve(undefined)
      else if (typeof code === 'string') reject(error)
      else resolve({ status: code ?? -1, stdout, stderr })
    })
    child.stdin?.once('error', () => {
      // It ended without reading all of its input: its status and its words say why.
    })
    child.stdin?.end(input)
  })
}

/** 100,000 rules are some 15 MB. */
const longest = 256 * 1024 * 1024
