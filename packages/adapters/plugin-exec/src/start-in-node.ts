import { execFile } from 'node:child_process'
import { environmentByUs } from './processes.ts'
import type { Outcome } from './program-outcome.ts'

/** 100,000 rules or routes are some 15 MB. */
const longest = 256 * 1024 * 1024

/** Starts a program under Node and waits for its end. */
export function startInNode(
  file: string,
  args: readonly string[],
  input: string,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { cwd: '/', env: environmentByUs(), maxBuffer: longest },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'string') reject(error)
        else resolve({ status: code ?? -1, stdout, stderr })
      },
    )
    child.stdin?.once('error', () => {
      // It ended without reading all of its input: its status and its words say why.
    })
    child.stdin?.end(input)
  })
}
