import { expect, it } from 'vitest'
import { parseIpJson } from './ip-json.ts'

// As iproute2 6.1 prints it.
const printed = '[{"ifname":"a\u0001b","ifalias":"x\u001b[31my\\"q\\\\z\\n"},{"ifname":"eth0"}]\n'

it('a name and an alias with control characters are read', () => {
  expect(parseIpJson(printed)).toEqual([
    { ifname: 'a\u0001b', ifalias: 'x\u001b[31my"q\\z\n' },
    { ifname: 'eth0' },
  ])
})

it('nothing is an empty list', () => {
  expect(parseIpJson('\n')).toEqual([])
})
