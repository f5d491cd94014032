import { dirname } from 'node:path'
import type { DaemonEvent } from '@vethra/api'
import { parseJson } from '@vethra/cni'
import type { Files } from '@vethra/world'

/** Events on disk, for the daemon that comes after this one. */
export interface EventFile {
  /** Those that are kept, oldest first; lines that a kill cut short are left out. */
  readonly before: readonly DaemonEvent[]
  /** Adds one. */
  add(event: DaemonEvent): void
  /** Waits until all are written. */
  written(): Promise<void>
}

/** Opens a file of events, a line each; it never holds more than twice as many as are kept. */
export async function openEventFile(
  files: Files,
  path: string,
  { kept, onFault }: { readonly kept: number; readonly onFault: (fault: unknown) => void },
): Promise<EventFile> {
  await files.makeFolder(dirname(path), 0o700)
  const read = linesOf((await files.read(path)) ?? '')
  const latest = read.slice(-kept)
  let lines = read.length
  let writing: Promise<void> = Promise.resolve()
  const write = (work: () => Promise<void>) => {
    writing = writing.then(work).catch(onFault)
  }
  return {
    before: [...latest],
    add(event) {
      latest.push(event)
      if (latest.length > kept) latest.shift()
      lines += 1
      const whole = lines > 2 * kept
      if (whole) lines = latest.length
      const text = (whole ? latest : [event]).map((each) => `${JSON.stringify(each)}\n`).join('')
      const mode = { mode: 0o600 }
      write(() => (whole ? files.write(path, text, mode) : files.append(path, text, mode)))
    },
    written: () => writing,
  }
}

function linesOf(text: string): DaemonEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      const event = parseJson(line || 'null') as DaemonEvent | null
      return event !== null && /^\d{1,16}$/.test(event.ID) ? [event] : []
    } catch (error) {
      if (error instanceof SyntaxError) return []
      throw error
    }
  })
}
