import { expect, it } from 'vitest'
import { moduleBlock } from './module-blocks.ts'

const file = (text: string, path = '/etc/modprobe.d/own.conf') => ({ path, text })

it.each<[string, string, string]>([
  ['install 8021q /bin/false', '8021q', '"install 8021q /bin/false" in /etc/modprobe.d/own.conf'],
  [
    '# of the auditors\ninstall\tsctp  /usr/bin/true\n',
    'sctp',
    '"install sctp /usr/bin/true" in /etc/modprobe.d/own.conf',
  ],
  ['install vrf false', 'vrf', '"install vrf false" in /etc/modprobe.d/own.conf'],
  [
    '  blacklist br-netfilter',
    'br_netfilter',
    '"blacklist br-netfilter" in /etc/modprobe.d/own.conf',
  ],
  [
    'install \\\n  dummy /bin/false',
    'dummy',
    '"install dummy /bin/false" in /etc/modprobe.d/own.conf',
  ],
])('%j blocks %s', (text, module, block) => {
  expect(moduleBlock([file(text)], module)).toBe(block)
})

it.each<[string, string]>([
  ['# install vrf /bin/false', 'vrf'],
  ['install vrf /sbin/modprobe --ignore-install vrf', 'vrf'],
  ['install vrfx /bin/false', 'vrf'],
  ['blacklist', 'vrf'],
  ['options vrf a=1\nalias vrf off', 'vrf'],
  ['', 'vrf'],
])('%j blocks nothing', (text, module) => {
  expect(moduleBlock([file(text)], module)).toBeUndefined()
})

it('of two files of one name the first counts, and an endless line is cut', () => {
  const files = [file(''), file('blacklist vrf', '/lib/modprobe.d/own.conf')]
  expect(moduleBlock(files, 'vrf')).toBeUndefined()
  expect(moduleBlock([file(`blacklist vrf ${'x'.repeat(9_000)}`)], 'vrf')?.length).toBeLessThan(300)
})
