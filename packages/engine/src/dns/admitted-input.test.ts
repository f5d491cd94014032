import { expect, it } from 'vitest'
import { excessInput, hasOurs, inputRules, missingInput } from './admitted-input.ts'

const lan = {
  file: '/etc/cni/net.d/lan.conflist',
  name: 'lan',
  bridge: 'br-lan',
  addresses: ['10.9.1.1', 'fd09::1'],
  lent: [],
}
const saved = (lines: readonly string[], input = ':INPUT DROP [0:0]') => ({
  family: 4 as const,
  text: ['*nat', ':INPUT ACCEPT [0:0]', 'COMMIT', '*filter', input, ...lines, 'COMMIT', ''].join(
    '\n',
  ),
})
const rules = inputRules(lan, 4)
const own = rules.map((each) => `-A ${each}`)
const foreign = '-A INPUT -p tcp -m tcp --dport 53 -m comment --comment "mine" -j ACCEPT'

it('rules admit a network by its bridge, to its own address of the family, by UDP and TCP', () => {
  expect(rules).toEqual([
    'INPUT -d 10.9.1.1/32 -i br-lan -p udp -m udp --dport 53 -m comment --comment "vethra dns" -j ACCEPT',
    'INPUT -d 10.9.1.1/32 -i br-lan -p tcp -m tcp --dport 53 -m comment --comment "vethra dns" -j ACCEPT',
  ])
  expect(inputRules(lan, 6).every((each) => each.includes('-d fd09::1/128 '))).toBe(true)
})

it('rules that are missing come first, and only where there is such a chain in table filter', () => {
  const [udp = '', tcp = ''] = rules
  const all = ['*filter', `-I ${udp}`, `-I ${tcp}`, 'COMMIT', ''].join('\n')
  expect(missingInput(saved([foreign]), rules)).toBe(all)
  expect(missingInput(saved([foreign, `-A ${udp}`]), rules)).toBe(
    ['*filter', `-I ${tcp}`, 'COMMIT', ''].join('\n'),
  )
  expect(missingInput(saved(own), rules)).toBe('')
  expect(missingInput(saved([], ':FORWARD ACCEPT [0:0]'), rules)).toBe('')
  expect(missingInput({ family: 4, text: '' }, rules)).toBe('')
})

it('rules of ours that are not wanted go, and those of others stay', () => {
  const [udp = '', tcp = ''] = rules
  expect(excessInput(saved([foreign, ...own]), [udp])).toBe(
    ['*filter', `-D ${tcp}`, 'COMMIT', ''].join('\n'),
  )
  expect(excessInput(saved([foreign]), [])).toBe('')
  expect(hasOurs(saved([foreign]))).toBe(false)
  expect(hasOurs(saved(own))).toBe(true)
})
