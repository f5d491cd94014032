import { CniError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { nameOctets } from './name-octets.ts'
import { readName } from './read-name.ts'

const label = (text: string) => [text.length, ...Array.from(text, (each) => each.charCodeAt(0))]

it.each<[octets: number[], offset: number, spelling: string, end: number]>([
  [[0], 0, '.', 1],
  [[...label('Web'), 0], 0, 'Web', 5],
  [[...label('a'), ...label('b'), 0], 0, 'a.b', 5],
  [[...label('a'), 0, ...label('b'), 0xc0, 0], 3, 'b.a', 7],
  [[1, 0, 1, 46, 2, 92, 255, 0], 0, String.raw`\000.\..\\\255`, 8],
  [[...label('x'.repeat(63)), 0], 0, 'x'.repeat(63), 65],
])('octets %j at %i are %s', (octets, offset, spelling, end) => {
  expect(readName(Uint8Array.from(octets), offset)).toEqual({ spelling, end })
})

it.each<[title: string, octets: number[], offset: number]>([
  ['nothing', [], 0],
  ['no end', label('a'), 0],
  ['a label cut short', [3, 97], 0],
  ['a pointer cut short', [0xc0], 0],
  ['a pointer to itself', [0xc0, 0], 0],
  ['a pointer forward', [0xc0, 2, 0], 0],
  ['two that point at each other', [0xc0, 2, 0xc0, 0], 2],
  ['a pointer into its own labels', [...label('a'), 0xc0, 0], 0],
  ['label type 01', [0x41, 0], 0],
  ['label type 10', [0x81, 0], 0],
  ['more than 255 octets', [...new Array(4).fill(label('x'.repeat(63))).flat(), 0], 0],
  [
    'many pointers',
    [0, 0, ...new Array(200).fill(0).flatMap((_, at) => [0xc0 | (at >> 7), (2 * at) & 255])],
    400,
  ],
  [
    'pointers as many as reach anywhere',
    [0, 0, ...new Array(8191).fill(0).flatMap((_, at) => [0xc0 | (at >> 7), (2 * at) & 255])],
    2 * 8191,
  ],
])('%s is not a name', (_, octets, offset) => {
  expect(() => readName(Uint8Array.from(octets), offset)).toThrow(CniError)
})

it.each([
  '',
  'a..b',
  '.a',
  '..',
  'a..',
  'x'.repeat(64),
  new Array(128).fill('a').join('.'),
  'é€',
  '\\999',
])('the text %s is not a name', (text) => {
  expect(() => nameOctets(text)).toThrow(CniError)
})

it.each([
  ['.', '\0'],
  ['a.', '\x01a\0'],
  ['a.bc', '\x01a\x02bc\0'],
  [String.raw`a\.b.c`, '\x03a.b\x01c\0'],
  [String.raw`\065\\`, '\x02A\\\0'],
  [String.raw`a\.`, '\x02a.\0'],
  [String.raw`\12\255`, '\x0312\xff\0'],
  ['a\\', '\x02a\\\0'],
  [new Array(127).fill('a').join('.'), `${'\x01a'.repeat(127)}\0`],
])('the text %s has octets %j', (text, octets) => {
  expect(String.fromCharCode(...nameOctets(text))).toBe(octets)
})
