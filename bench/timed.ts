import type { Host, RunOptions } from '../e2e/host.ts'

/** The milliseconds that a program takes on a host, its start included. Rejects with what it said where it fails. */
export async function timed(
  host: Host,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const began = performance.now()
  const { exitCode, stdout, stderr } = await host.run(argv, options)
  const elapsed = performance.now() - began
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}${stdout}`)
  return elapsed
}
