import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CniError } from '@vethra/cni'
import type { Lock } from '@vethra/world'
import { describeEvents } from '@vethra/world-kit'
import { beforeEach, describe, expect, it } from 'vitest'
import { type EventFileOptions, eventFile } from '../index.ts'

let folder: string
let path: string
let faults: CniError[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'))
  path = join(folder, 'run', 'events')
  faults = []
})

const free: Lock = { hold: (_, work) => work() }
const open = (options: Partial<EventFileOptions> = {}) =>
  eventFile({
    path,
    by: 'test',
    now: () => Date.now(),
    lock: free,
    lockPath: join(folder, 'lock'),
    onFault: (fault) => faults.push(fault),
    ...options,
  })
const created = (Network: string) =>
  ({ Type: 'network-created', Message: 'made', Network }) as const
const namesIn = async (events = open()) =>
  (await events.after('0')).events.map(({ Network }) => Network)

describeEvents('eventFile', async () => {
  const place = mkdtempSync(join(tmpdir(), 'events-kit-'))
  const at = { path: join(place, 'run', 'events') }
  return {
    events: open(at),
    other: open(at),
    pause: (milliseconds) => setTimeout(milliseconds),
    close: async () => rmSync(place, { recursive: true }),
  }
})

describe('the file', () => {
  it('has a line of JSON for each event, and is for its owner alone', async () => {
    await open().append(created('lan'))
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { Generation: expect.any(Number) },
      { Time: expect.any(String), By: 'test', ...created('lan') },
    ])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'run'))).toEqual(['events'])
  })

  it('is replaced when it is full, under a reader that goes on in the one before', async () => {
    const events = open({ fullSize: 2000 })
    const read: string[] = []
    let place = '0'
    for (let round = 0; round < 200; round += 1) {
      await events.append(created(`net${round}`))
      const after = await events.after(place)
      expect(after.lost).toBe(false)
      read.push(...after.events.map(({ Network = '' }) => Network))
      place = after.events.at(-1)?.ID ?? place
    }
    expect(read).toEqual(Array.from({ length: 200 }, (_, index) => `net${index}`))
    expect(readdirSync(join(folder, 'run'))).toEqual(['events', 'events.1'])
    const sizes = [path, `${path}.1`].map((each) => statSync(each).size)
    expect(Math.max(...sizes)).toBeLessThan(2400)
    expect((await events.after(String(100_000_000 * 10_000_000))).lost).toBe(true)
  })

  it('loses nothing of many processes while one of them replaces it', async () => {
    const [own, cni] = ['./event-file.ts', '../../../../core/cni/src/index.ts'].map((each) =>
      JSON.stringify(new URL(each, import.meta.url).href),
    )
    const program = `
      import { mkdirSync, rmdirSync } from 'node:fs'
      import { eventFile } from ${own}
      import { CniError } from ${cni}
      const hold = async (lock, work) => {
        try { mkdirSync(lock) } catch { throw new CniError({ code: 105, message: 'busy' }) }
        try { return await work() } finally { rmdirSync(lock) }
      }
      const [path, name] = process.argv.slice(-2)
      const onFault = (fault) => { throw fault }
      const file = { path, by: 'p', now: Date.now, lock: { hold }, lockPath: path + '.lock' }
      const events = eventFile({ ...file, fullSize: 30_000, onFault })
      for (let i = 0; i < 100; i += 1)
        await events.append({ Type: 'network-created', Message: 'made', Network: name + i })`
    const children = ['a', 'b', 'c', 'd'].map((name) =>
      spawn(process.execPath, ['--input-type=module-typescript', '-e', program, path, name], {
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    )
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]))
    expect(codes).toEqual([0, 0, 0, 0])
    expect(new Set(await namesIn()).size).toBe(400)
    expect(readdirSync(join(folder, 'run'))).toEqual(['events', 'events.1'])
  })

  it('is left as it is while another replaces it, and is bounded all the same', async () => {
    const busy: Lock = { hold: () => Promise.reject(new CniError({ code: 105, message: 'busy' })) }
    const events = open({ fullSize: 1000, lock: busy })
    for (let round = 0; round < 100; round += 1) await events.append(created(`net${round}`))
    expect(statSync(path).size).toBeLessThan(4200)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.every(({ code }) => code === 5)).toBe(true)
  })

  it.each([0, 1, 2])(
    'a replacement that was killed at its step %i is done by the next',
    async (step) => {
      const events = open({ fullSize: 1000 })
      await events.append(created('a'))
      const cuts = [
        () => {},
        () => execFileSync('ln', [path, `${path}.1`]),
        () => writeFileSync(join(folder, 'run', '.tmp-x'), ''),
      ]
      cuts[step]?.()
      for (let round = 0; round < 12; round += 1) await events.append(created(`b${round}`))
      expect(await namesIn(events)).toContain('b11')
      expect(statSync(path).size).toBeLessThan(1200)
      expect(faults).toEqual([])
    },
  )

  it('ids rise over files that are gone, and when the clock goes back', async () => {
    await open({ now: () => Date.parse('2026-05-01') }).append(created('a'))
    const [{ ID: first = '' } = {}] = (await open().after('0')).events
    execFileSync('mv', [path, `${path}.1`])
    await open({ now: () => Date.parse('2025-01-01') }).append(created('b'))
    const [, second] = (await open().after('0')).events
    expect(Number(second?.ID)).toBeGreaterThan(Number(first))
    rmSync(join(folder, 'run'), { recursive: true })
    await open({ now: () => Date.parse('2026-06-01') }).append(created('c'))
    expect(await open().after(first)).toMatchObject({ events: [{ Network: 'c' }], lost: true })
  })
})

describe('what others left at its path', () => {
  it.each<[string, string]>([
    ['a line that was cut', '{"Time":"2026-01-01T00:00'],
    ['octets that are no text', '\0\xff\xfe\n'],
    ['JSON that is no event', '[]\n42\n{"Type":"network-created"}\n{"__proto__":{"Type":1}}\n'],
    ['a line that is very long', `${'x'.repeat(100_000)}\n`],
    ['JSON that is very deep', `${'['.repeat(10_000)}\n`],
    [
      'an event of a type of later versions',
      '{"Time":"2026-01-01T00:00:00.000Z","Type":"x","Message":""}\n',
    ],
  ])('%s hides no event', async (_, text) => {
    await open().append(created('a'))
    appendFileSync(path, text, 'latin1')
    await open().append(created('b'))
    expect(await namesIn()).toEqual(['a', 'b'])
    expect(faults).toEqual([])
  })

  it('a file without a generation is read, and written', async () => {
    mkdirSync(join(folder, 'run'))
    writeFileSync(path, '')
    await open().append(created('a'))
    expect(await namesIn()).toEqual(['a'])
  })

  it('a folder of 0.1 makes room', async () => {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, '01234567.jsonl'), '{}\n')
    await open().append(created('a'))
    expect(await namesIn()).toEqual(['a'])
    expect(faults).toEqual([])
  })

  it.each<[string, () => void]>([
    ['a FIFO', () => execFileSync('mkfifo', [path])],
    ['a link to a file', () => symlinkSync(join(folder, 'target'), path)],
    ['a link to a device', () => symlinkSync('/dev/zero', path)],
  ])(
    '%s is not followed and keeps nobody waiting; the event is reported as lost',
    async (_, plant) => {
      mkdirSync(join(folder, 'run'))
      plant()
      await open().append(created('a'))
      expect(faults.map(({ code }) => code)).toEqual([5])
      expect(await namesIn()).toEqual([])
      expect(existsSync(join(folder, 'target'))).toBe(false)
    },
  )

  it('a folder that cannot be made fails nothing', async () => {
    writeFileSync(join(folder, 'run'), '')
    await open().append(created('a'))
    expect(faults.map(({ code }) => code)).toEqual([5])
  })
})
