import type { Events } from '@vethra/world'
import { expect, it } from 'vitest'
import { describeSubject } from '../describe-subject.ts'

/** Two handles on the same events, and the means to test them. Made for each case. */
export interface EventsSubject {
  readonly events: Events
  readonly other: Events
  pause(milliseconds: number): Promise<void>
  /** Removes everything. */
  close(): Promise<void>
}

/** Makes a subject. */
export type OpenEvents = () => Promise<EventsSubject>

/** Declares the cases that every `Events` has to pass. `open` is called before each of them. */
export function describeEvents(name: string, open: OpenEvents): void {
  describeSubject(name, open, keepsEvents, resumes, isWatched)
}

const created = (Network: string) => ({
  Type: 'network-created' as const,
  Message: `network ${Network} created`,
  Network,
})

function keepsEvents(subject: () => EventsSubject): void {
  it('has none at first', async () => {
    const { events } = subject()
    expect(await events.latest()).toBe('0')
    expect(await events.after('0')).toEqual({ events: [], lost: false })
  })

  it('keeps events with their time and writer, for all to read', async () => {
    const { events, other } = subject()
    const told = {
      Type: 'container-attached',
      Message: 'eth0 of container w\u00e9b is in lan\n\u001b[2J',
      Container: 'web',
      Addresses: ['10.4.1.2/24'],
      DurationMs: 1.5,
    } as const
    await events.append(told)
    const [read, ...more] = (await other.after('0')).events
    expect(read).toMatchObject({ ...told, By: expect.any(String), ID: expect.any(String) })
    expect(read?.Time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(more).toEqual([])
  })

  it('cuts texts that are too long, and keeps the event', async () => {
    const { events } = subject()
    const Causes = Array.from({ length: 1000 }, () => '\u{1f600}'.repeat(10_000))
    await events.append({ ...created('x'.repeat(1_000_000)), Causes })
    const [read] = (await events.after('0')).events
    expect(read?.Type).toBe('network-created')
    expect(JSON.stringify(read).length).toBeLessThan(20_000)
  })

  it('loses none of many writers at once, and gives each an id of its own', async () => {
    const { events, other } = subject()
    const names = Array.from({ length: 100 }, (_, index) => `net${index}`)
    await Promise.all(names.map((each, at) => [events, other][at % 2]?.append(created(each))))
    const read = (await events.after('0')).events
    expect(read.map(({ Network }) => Network).sort()).toEqual(names.toSorted())
    expect(new Set(read.map(({ ID }) => ID)).size).toBe(100)
  })
}

function resumes(subject: () => EventsSubject): void {
  it('gives what came after an id, and nothing after the latest', async () => {
    const { events, other } = subject()
    for (const each of ['a', 'b', 'c']) await events.append(created(each))
    const all = (await events.after('0')).events
    const ids = all.map(({ ID }) => Number(ID))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    const rest = await other.after(all[0]?.ID ?? '')
    expect(rest).toEqual({ events: all.slice(1), lost: false })
    expect(await other.latest()).toBe(all[2]?.ID)
    expect((await other.after(all[2]?.ID ?? '')).events).toEqual([])
  })

  it.each(['1', '9007199254740991'])(
    'an id that was never given, %s, fails nothing',
    async (id) => {
      const { events } = subject()
      await events.append(created('a'))
      expect((await events.after(id)).events.length).toBe(id === '1' ? 1 : 0)
    },
  )
}

function isWatched(subject: () => EventsSubject): void {
  it('a watch calls back after each change, until it is closed', async () => {
    const { events, other, pause } = subject()
    let called = 0
    const watch = events.watch(() => {
      called += 1
    })
    await other.append(created('a'))
    for (let left = 400; called === 0 && left > 0; left -= 1) await pause(50)
    expect(called).toBeGreaterThan(0)
    watch.close()
    called = 0
    await other.append(created('b'))
    await pause(100)
    expect(called).toBe(0)
  })
}
