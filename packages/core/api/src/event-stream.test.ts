import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HostEvent, parseEventStream, renderEvent } from './index.ts'

const event: HostEvent = {
  ID: '7',
  Time: '2026-01-01T00:00:00.000Z',
  Type: 'repair-done',
  Message: 'released 10.4.0.2\nof network "lan"',
}

it('an event is one block of three fields', () => {
  expect(renderEvent(event)).toBe(
    'id: 7\nevent: repair-done\ndata: {"ID":"7","Time":"2026-01-01T00:00:00.000Z","Type":"repair-done","Message":"released 10.4.0.2\\nof network \\"lan\\""}\n\n',
  )
})

it('what was rendered is read again, wherever the stream is cut', () => {
  const messages = fc.array(fc.string(), { maxLength: 4 })
  fc.assert(
    fc.property(messages, fc.array(fc.nat(400)), (texts, cuts) => {
      const sent = texts.map((Message) => ({ ...event, Message }))
      const stream = [': hello\n\n', 'retry: 1000\n\n', ...sent.map(renderEvent)].join('')
      const parse = parseEventStream()
      const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
      const read = places.flatMap((place, index) => parse(stream.slice(place, places[index + 1])))
      expect(read.map(({ id, data = '' }) => [id, JSON.parse(data)])).toEqual(
        sent.map((each) => ['7', each]),
      )
    }),
  )
})

it('a block with an id alone names a place, and a comment is none', () => {
  expect(parseEventStream()(': hello\nid: 8\n\n: nothing new\n\nretry: 1\n\n')).toEqual([
    { id: '8' },
  ])
})
