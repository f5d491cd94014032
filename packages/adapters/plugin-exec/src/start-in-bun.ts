import { faultPoint } from '@vethra/files'
import { heedChildren } from './heed-children.ts'
import { environmentByUs } from './processes.ts'
import type { Outcome } from './program-outcome.ts'

/** The part of bun's own global in use; this file is compiled with Node's types. */
interface BunGlobal {
  readonly Bun: {
    spawn(options: {
      cmd: readonly string[]
      cwd: string
      env: Readonly<Record<string, string | undefined>>
      stdin: Uint8Array
      stdout: 'pipe'
      stderr: 'pipe'
    }): {
      readonly stdout: ReadableStream<Uint8Array>
      readonly stderr: ReadableStream<Uint8Array>
      readonly exited: Promise<number>
      readonly signalCode: string | null
    }
  }
}

/** Starts a program under bun and waits for its end. */
export async function startInBun(
  file: string,
  args: readonly string[],
  input: string,
): Promise<Outcome> {
  heedChildren()
  const { Bun } = globalThis as unknown as BunGlobal
  const stdin = Buffer.from(input)
  const pipes = { stdin, stdout: 'pipe', stderr: 'pipe' } as const
  const child = Bun.spawn({ cmd: [file, ...args], cwd: '/', env: environmentByUs(), ...pipes })
  faultPoint('program', `${file} ${args.join(' ')}, running`)
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { status: child.signalCode === null ? code : -1, stdout, stderr }
}
