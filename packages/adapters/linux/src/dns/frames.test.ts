import { expect, it } from 'vitest'
import { framed, splitFrames } from './frames.ts'

const text = (octets: Uint8Array) => Buffer.from(octets).toString()

it.each([1, 2, 3, 7, 100])('messages come whole out of pieces of %i octets', (size) => {
  const sent = ['a', 'bcd', '', 'efghi'].map((each) => framed(Buffer.from(each)))
  const stream = Buffer.concat([...sent, Buffer.from([0, 9, 1])])
  let rest: Uint8Array = new Uint8Array(0)
  const got: string[] = []
  for (let at = 0; at < stream.length; at += size) {
    const split = splitFrames(rest, stream.subarray(at, at + size))
    got.push(...split.frames.map(text))
    rest = split.rest
  }
  expect(got).toEqual(['a', 'bcd', '', 'efghi'])
  expect([...rest]).toEqual([0, 9, 1])
})

it('a length is two octets, the higher first', () => {
  expect([...framed(new Uint8Array(258)).subarray(0, 3)]).toEqual([1, 2, 0])
})
