import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  eventLine,
  firstGeneration,
  generationOf,
  headLine,
  idAt,
  placeOf,
  readEventLines,
} from './index.ts'

const from = { generation: 200_000_000, offset: 0 }
const event = {
  Time: '2026-01-31T12:00:00.000Z',
  By: 'cli',
  Type: 'network-created',
  Message: 'made',
} as const

it('an id has the order of its place, sixteen digits, and leads back to it', () => {
  const place = fc.record({
    generation: fc.integer({ min: firstGeneration(0), max: firstGeneration(8e15) }),
    offset: fc.integer({ min: 0, max: 9_999_999 }),
  })
  fc.assert(
    fc.property(place, place, (a, b) => {
      const order = a.generation - b.generation || a.offset - b.offset
      expect(Math.sign(Number(idAt(a)) - Number(idAt(b)))).toBe(Math.sign(order))
      expect(placeOf(idAt(a))).toEqual(a)
      expect(idAt(a)).toMatch(/^\d{16}$/)
      expect(generationOf(headLine(a.generation))).toBe(a.generation)
    }),
  )
})

it('what was written as a line of ASCII is read again', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 100 })
  const told = fc.record(
    { Message: text, Subject: text, Addresses: fc.array(text, { maxLength: 5 }) },
    { requiredKeys: ['Message'] },
  )
  fc.assert(
    fc.property(fc.array(told, { maxLength: 5 }), (all) => {
      const events = all.map((each) => ({ ...event, ...each }))
      const lines = events.map(eventLine)
      for (const line of lines) expect(line).toMatch(/^[ -~]+\n$/)
      const read = readEventLines(lines.join(''), from)
      expect(read.map(({ ID: _, ...rest }) => rest)).toEqual(events)
      expect(read.at(-1)?.ID).toBe(
        all.length ? idAt({ ...from, offset: lines.join('').length }) : undefined,
      )
    }),
  )
})

it('any text is read, and whole lines between are found', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const text = `${before}\n${eventLine(event)}${after}`
      const read = readEventLines(text, from)
      expect(read.map(({ Message }) => Message)).toEqual(['made'])
    }),
  )
})

it('fields of the wrong kind, and those that no event has, are left out', () => {
  const line = JSON.stringify({ ...event, Network: 7, Causes: [1], DurationMs: 'x', Other: 'x' })
  const [{ ID, ...read } = { ID: '' }] = readEventLines(`${line}\n`, from)
  expect([ID, read]).toEqual([idAt({ ...from, offset: line.length + 1 }), event])
})
