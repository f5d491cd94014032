import { expect, it } from 'vitest'
import { advertisingLinks } from './keep-routers.ts'

const any = '0'.repeat(32)
const route = (flags: string, link: string) =>
  `${any} 00 ${any} 00 fe8000000000000002000000000000aa 00000400 00000001 00000000 ${flags} ${link.padStart(8)}`

it.each([
  ['of a router that was heard, and once', ['00450003', '00040001'], ['eth0']],
  ['of an administrator, or the kernel, not', ['00000003', '80200001'], []],
])('the interface of a route %s', (_, flags, links) => {
  expect(advertisingLinks(flags.map((each) => `${route(each, 'eth0')}\n`).join(''))).toEqual(links)
})

it('a kernel without routes has none', () => {
  expect(advertisingLinks('')).toEqual([])
})
