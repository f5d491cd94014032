import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { renderHosts } from '@vethra/names'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { container, entriesOf, type SampleStore, sampleStore } from '../test/sample-store.ts'

let sample: SampleStore
beforeEach(async () => {
  sample = await sampleStore()
})
afterEach(() => sample.close())

const readInALoop = fileURLToPath(new URL('../test/read-in-a-loop.ts', import.meta.url))
const comeAndGo = fileURLToPath(new URL('../test/come-and-go.ts', import.meta.url))
const rowsOf = (text: string) => text.split('\n').filter((row) => row !== '' && !/^#-*$/.test(row))

it('a reader in a loop sees no empty file, and lines of others never change', async () => {
  const path = await sample.store.prepare('own', '192.0.2.7 mine\n')
  await sample.store.acquire(container('own', 'lan', '10.0.0.1/24'))
  const stop = join(sample.dir, 'stop')
  const reader = spawn(process.execPath, [readInALoop, path, stop, '192.0.2.7 mine'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(reader.stdout)[Symbol.asyncIterator]()
  await lines.next()
  for (let round = 0; round < 3; round += 1) {
    for (let last = 10; last < 40; last += 1) {
      await sample.store.acquire(container(`p${last}`, 'lan', `10.0.0.${last}/24`))
    }
    expect(await entriesOf(path)).toHaveLength(31)
    for (let last = 10; last < 40; last += 1) await sample.store.release(`p${last}`)
  }
  await writeFile(stop, '')
  // The kernel lets a read and a write of one page overlap: the line that is written may be seen half, others may not.
  expect(JSON.parse((await lines.next()).value ?? '')).toEqual({ empty: 0, changed: 0 })
  expect(rowsOf(await readFile(path, 'utf8'))[0]).toBe('192.0.2.7 mine')
})

// `scripts/soak` makes it a thousand.
const kills = Number(process.env['VETHRA_KILLS'] ?? 15)

it(`after a kill -9 at any moment the next operation makes all files right, ${kills} times`, async () => {
  for (let seed = 1; seed <= kills; seed += 1) {
    await killedWhileWriting(seed)
    await sample.store.acquire(container('next', 'net1', '10.1.0.200/24'))
    const known = await sample.store.list()
    for (const names of known) {
      const text = await readFile(sample.store.path(names.id), 'utf8')
      const mine = text.startsWith('# mine\n') ? '# mine\n' : ''
      expect(rowsOf(text)).toEqual(rowsOf(renderHosts(mine, names, known)))
    }
    await sample.store.release('next')
  }
})

async function killedWhileWriting(seed: number): Promise<void> {
  const child = spawn(process.execPath, [comeAndGo, sample.dir, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await setTimeout(20 + ((seed * 37) % 61))
  child.kill('SIGKILL')
  await gone
}
