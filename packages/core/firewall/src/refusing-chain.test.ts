import { describe, expect, it } from 'vitest'
import { type ForwardedNetwork, isPlain, passingCommands, type RefusingChain } from './index.ts'

const native: ForwardedNetwork = { bridge: 'br0', marked: true, publishes: true, admitted: false }
const programs: ForwardedNetwork = { ...native, marked: false, admitted: true }

function site(priority: number, ...rules: readonly string[]): RefusingChain {
  return { program: 'nft', name: 'inet site forward', priority, rules }
}

function forward(program: RefusingChain['program'], ...rules: readonly string[]): RefusingChain {
  return { program, name: 'FORWARD', priority: 0, rules }
}

const marked = "nft insert rule inet site forward 'meta mark & 0x01000000 == 0x01000000' accept"
const answers = 'nft insert rule inet site forward ct state established,related accept'
const out = 'nft insert rule inet site forward iifname br0 accept'
const ports = 'nft insert rule inet site forward oifname br0 ct status dnat accept'
const toPorts = '-I FORWARD -o br0 -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT'

describe('passingCommands', () => {
  it.each<[string, RefusingChain, ForwardedNetwork, readonly string[]]>([
    ['a chain behind ours needs the mark', site(0), native, [marked]],
    [
      'and has it',
      site(0, 'meta mark & 0x01000000 == 0x01000000 counter packets 1 bytes 2 accept'),
      native,
      [],
    ],
    [
      'a rule on the mark that drops is none',
      site(0, 'meta mark & 0x01000000 == 0x01000000 drop'),
      native,
      [marked],
    ],
    ['a chain before ours sees no mark', site(-50), native, [answers, out, ports]],
    ['at our priority, too', site(-10), native, [answers, out, ports]],
    [
      'programs set no mark',
      site(0, 'ct state established,related accept'),
      programs,
      [out, ports],
    ],
    [
      'their bridge is accepted',
      site(0, 'ct state established accept', 'iifname "br0" accept', 'oifname "br0" accept'),
      programs,
      [],
    ],
    ['our mark is put into FORWARD by ADD', forward('iptables'), native, []],
    [
      'programs admit all but published ports',
      forward('iptables'),
      programs,
      [`iptables ${toPorts}`],
    ],
    [
      'which are all there is to admit',
      forward('ip6tables'),
      { ...programs, publishes: false },
      [],
    ],
    [
      'an owner who accepts them',
      forward('iptables', '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT'),
      programs,
      [],
    ],
    [
      'an owner who accepts the bridge',
      forward('iptables', '-A FORWARD -o br0 -j ACCEPT'),
      programs,
      [],
    ],
    [
      'programs write nothing into the other iptables',
      forward('iptables-legacy'),
      programs,
      ['iptables-legacy -I FORWARD -i br0 -j ACCEPT', `iptables-legacy ${toPorts}`],
    ],
    [
      'nobody admits a network without the plugin firewall',
      forward('iptables'),
      { ...programs, admitted: false, publishes: false },
      ['iptables -I FORWARD -i br0 -j ACCEPT', `iptables ${toPorts}`],
    ],
  ])('%s', (_, chain, network, commands) => {
    expect(passingCommands(chain, network)).toEqual(commands)
  })
})

describe('isPlain', () => {
  it.each([
    ['ct state established,related accept', true],
    ['-A FORWARD -i br0 -j ACCEPT', true],
    ['-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD', true],
    ['-A FORWARD -j SITE', false],
    ['iifname vmap { "a" : accept }', false],
    ['jump filter_FORWARD_ZONES', false],
  ])('%s: %s', (rule, plain) => {
    expect(isPlain(site(0, rule))).toBe(plain)
  })
})
