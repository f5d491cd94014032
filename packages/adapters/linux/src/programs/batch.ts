import { parseIpJson } from '../ip-json.ts'
import { inside } from '../run.ts'
import type { Line } from './line.ts'

/** The first line of a batch that failed, counted from 0, and what the program said. */
interface BatchFailure {
  readonly at: number
  readonly said: string
}

/** Runs lines of one program in one namespace, until one fails. `netns` is the container's, a path. */
export async function runBatch(
  lines: readonly Line[],
  netns: string,
): Promise<BatchFailure | undefined> {
  const [first] = lines
  if (first === undefined) return undefined
  const text = lines.map((line) => `${line.text}\n`).join('')
  const { status, stderr } = await inside(
    first.place === 'host' ? '' : netns,
    [first.program, '-batch', '-'],
    text,
  )
  if (status === 0) return undefined
  // `Command failed -:3`: the line that a batch ended with.
  const line = /^Command failed -:([0-9]+)/m.exec(stderr)?.[1]
  const said = stderr.split('\n').find((each) => each.trim() !== '') ?? `status ${status}`
  return { at: line === undefined ? 0 : Number(line) - 1, said }
}

/** The list that a command with `-j` prints in a container's namespace, or the host's where `netns` is empty. Empty where it fails. */
export async function listInside<T>(
  netns: string,
  ...words: readonly [string, ...string[]]
): Promise<readonly T[]> {
  const { status, stdout } = await inside(netns, words)
  return status === 0 ? parseIpJson(stdout) : []
}
