// A program for tests: reads a hosts file over and over, as a container would, a thousand times or more, until a
// second file appears; prints a line when it begins, and then what it saw, as JSON.
import { existsSync, readFileSync } from 'node:fs'

const [path = '', stop = '', line = ''] = process.argv.slice(2)
let changed = 0
let reads = 0
let empty = 0

process.stdout.write('reading\n')
while (!existsSync(stop) || reads < 1000) {
  for (let count = 0; count < 50; count += 1) {
    const text = readFileSync(path, 'latin1')
    reads += 1
    if (text === '') empty += 1
    else if (!text.startsWith(`${line}\n`)) changed += 1
  }
}
process.stdout.write(`${JSON.stringify({ empty, changed })}\n`)
