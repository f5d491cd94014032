// Reads a hosts file over and over, as a container does, until its standard input ends; by turns in one
// read, and page by page as resolvers do. Prints as JSON what it saw. soak-hosts.ts runs it.
import { closeSync, openSync, readSync } from 'node:fs'

/** What a reader saw. */
export interface Seen {
  readonly reads: number
  readonly empty: number
  /** Rows that are neither of the old nor of the new text, in files that were read in one read, or in pages. */
  readonly odd: readonly string[]
  /** How many of these lay across two pages. */
  readonly acrossPages: number
  /** By row, when it was seen first, in milliseconds since 1970. */
  readonly first: Readonly<Record<string, number>>
}

const page = 4096
const buffer = Buffer.alloc(1024 * 1024)

function readWhole(path: string, step: number): string {
  const descriptor = openSync(path, 'r')
  let length = 0
  for (;;) {
    const count = readSync(descriptor, buffer, length, step, null)
    if (count === 0) break
    length += count
  }
  closeSync(descriptor)
  return buffer.toString('latin1', 0, length)
}

if (import.meta.main) {
  const [path = '', pattern = ''] = process.argv.slice(2)
  const whole = new RegExp(pattern)
  const odd: string[] = []
  const first: Record<string, number> = {}
  let [reads, empty, acrossPages, going] = [0, 0, 0, true]
  let last = ''
  process.stdin.resume().once('end', () => {
    going = false
  })
  process.stdout.write('ready\n')
  while (going) {
    // Lets the end of standard input be noticed.
    await new Promise((resolve) => setImmediate(resolve))
    for (let count = 0; count < 20; count += 1) {
      const text = readWhole(path, count % 2 === 0 ? buffer.length / 2 : page)
      reads += 1
      if (text.trim() === '') empty += 1
      if (text === last) continue
      last = text
      look(text)
    }
  }
  process.stdout.write(JSON.stringify({ reads, empty, odd, acrossPages, first } satisfies Seen))

  function look(text: string): void {
    const now = performance.timeOrigin + performance.now()
    let at = 0
    for (const row of text.split('\n')) {
      if (row.trim() !== '' && first[row] === undefined) {
        if (whole.test(row)) first[row] = now
        else {
          odd.push(row)
          if (Math.floor(at / page) !== Math.floor((at + row.length) / page)) acrossPages += 1
        }
      }
      at += row.length + 1
    }
  }
}
