import { expect, it } from 'vitest'
import { endsAnswer, sortAnswers } from './answers.ts'
import { encodeNewLink } from './encode-new-link.ts'
import { decodeLink } from './links.ts'
import type { ReceivedMessage } from './messages.ts'

const message = (
  type: number,
  sequence: number,
  body: readonly number[] = [],
): ReceivedMessage => ({
  ...{ type, flags: 0, sequence },
  body: Uint8Array.from(body),
})
const link = message(16, 7)
const acknowledged = message(2, 7, [0, 0, 0, 0])
const refused = message(2, 8, [254, 255, 255, 255])
const done = message(3, 9)

it('answers are sorted, and those to a request before the first are left out', () => {
  const late = [message(16, 6), message(2, 6, [255, 255, 255, 255])]
  expect(sortAnswers([...late, link, acknowledged, refused, done], 7)).toEqual({
    messages: [link],
    refusals: [{ sequence: 8, errno: 2, text: '' }],
    interrupted: false,
  })
})

it('an answer ends with an acknowledgement, a refusal or the end of a dump', () => {
  expect([link, acknowledged, refused, done].map(endsAnswer)).toEqual([false, true, true, true])
})

it('a link says which routing table it has, where it is a VRF', () => {
  const tableOf = (op: Parameters<typeof encodeNewLink>[0]) => {
    const { type = 0, body = new Uint8Array() } = encodeNewLink(op) ?? {}
    return decodeLink({ type, body, flags: 0, sequence: 0 })?.vrfTable
  }
  expect(tableOf({ kind: 'add vrf', name: 'blue', table: 7 })).toBe(7)
  expect(tableOf({ kind: 'add dummy', name: 'd0' })).toBeUndefined()
})
