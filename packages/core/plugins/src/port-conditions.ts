import {
  type Address,
  addressBits,
  commonRange,
  type Family,
  outsideOf,
  type Range,
  readRange,
} from '@vethra/address'
import { confError, type JsonObject, present } from '@vethra/cni'
import { arrayOf, invalidKey } from './read-conf.ts'
import { words } from './words.ts'

/** Packets that a published port is answered for, all of it. */
export interface PortConditions {
  /** Where they come from. */
  readonly sources: readonly Range[]
  /** The addresses of the host that they go to. */
  readonly destinations: readonly Range[]
  /** The interface that they come by: `eth0`, `eth*` for each that begins so, `!eth0` for any other; absent for any. */
  readonly from?: string
}

/** The keys of conditions, by family. */
export const conditionKeys = { 4: 'conditionsV4', 6: 'conditionsV6' } as const

/** The conditions of a family; undefined without any. Throws CniError 7 naming the key and the word. */
export function portConditions(conf: JsonObject, family: Family): PortConditions | undefined {
  const given = wordsOf(conf, conditionKeys[family])
  const asked = isNftables(given) ? nftables(given, family) : iptables(given, family)
  // No packet to ::1 is led to a container, anyway.
  const tests = asked.filter(
    ({ what, not, value }) => !(not && what === 'daddr' && /^::1(\/128)?$/.test(value)),
  )
  if (tests.length === 0) return undefined
  const [only, ...more] = tests.filter(({ what }) => what === 'iifname')
  if (more.length > 0)
    throw invalidKey(
      conditionKeys[family],
      [...given],
      'it may name one interface, and another plugin portmap another',
    )
  return {
    sources: rangesOf(
      tests.filter(({ what }) => what === 'saddr'),
      family,
    ),
    destinations: rangesOf(
      tests.filter(({ what }) => what === 'daddr'),
      family,
    ),
    ...present({ from: only && interfaceOf(only, conditionKeys[family]) }),
  }
}

/** Throws CniError 7 in the words of the reference plugin for conditions of another backend than the one that is asked for. */
export function checkDialect(
  conf: JsonObject,
  backend: string | undefined,
  others: readonly string[],
): void {
  if (backend === undefined) return
  const wrong = Object.values(conditionKeys).filter((key) => {
    const given = wordsOf(conf, key)
    return given.length > 0 && isNftables(given) !== (backend === 'nftables')
  })
  const found = backend === 'nftables' ? [...others, ...wrong] : wrong
  if (found.length > 0) throw confError(words.otherBackend(backend, found))
}

/** One test of a packet. */
interface Test {
  readonly what: 'saddr' | 'daddr' | 'iifname'
  readonly not: boolean
  readonly value: string
}

function wordsOf(conf: JsonObject, key: string): readonly string[] {
  return arrayOf(conf, key).flatMap((each) => {
    if (typeof each === 'string') return each.trim() === '' ? [] : each.trim().split(/\s+/)
    throw invalidKey(key, each, 'it must be a text')
  })
}

function isNftables([first = '-']: readonly string[]): boolean {
  return !/^[-!]/.test(first)
}

const flags: Readonly<Record<string, Test['what']>> = {
  ...{ '-s': 'saddr', '--src': 'saddr', '--source': 'saddr' },
  ...{ '-d': 'daddr', '--dst': 'daddr', '--destination': 'daddr' },
  ...{ '-i': 'iifname', '--in-interface': 'iifname' },
}

const possible = 'sources, destinations and interfaces are: [!] -s CIDR, [!] -d CIDR, [!] -i NAME'

function iptables(given: readonly string[], family: Family): readonly Test[] {
  const tests: Test[] = []
  for (let at = 0; at < given.length; at += 2) {
    const not = given[at] === '!'
    if (not) at += 1
    const [flag = '', value = ''] = given.slice(at)
    const what = flags[flag]
    if (what === undefined || value === '') throw unknownWord(family, flag, possible)
    tests.push({ what, not, value })
  }
  return tests
}

const nftPossible =
  'sources, destinations and interfaces are: ip saddr [!=] CIDR, ip daddr [!=] CIDR, iifname [!=] NAME, with ip6 for IPv6'

function nftables(given: readonly string[], family: Family): readonly Test[] {
  const tests: Test[] = []
  for (let at = 0; at < given.length; at += 1) {
    const isInterface = given[at] === 'iifname'
    if (!isInterface && given[at] !== (family === 4 ? 'ip' : 'ip6'))
      throw unknownWord(family, given[at], nftPossible)
    if (!isInterface) at += 1
    const what = given[at]
    const not = given[at + 1] === '!='
    at += not || given[at + 1] === '==' ? 2 : 1
    const value = given[at]?.replaceAll('"', '') ?? ''
    if ((what !== 'saddr' && what !== 'daddr' && what !== 'iifname') || value === '')
      throw unknownWord(family, what, nftPossible)
    tests.push({ what, not, value })
  }
  return tests
}

function unknownWord(family: Family, word = '', known: string) {
  return invalidKey(
    conditionKeys[family],
    word,
    `table inet vethra knows no such condition; ${known}`,
  )
}

// Of all tests of one part of a packet: a list is any of its prefixes, and each further test narrows that down.
function rangesOf(tests: readonly Test[], family: Family): readonly Range[] {
  return tests.reduce<readonly Range[]>(
    (left, test) => few(both(left, allowedBy(test, family)), test, family),
    [everyAddress(family)],
  )
}

// Each is compared with each.
const mostRanges = 1024

function few<T>(ranges: readonly T[], { value }: Test, family: Family): readonly T[] {
  if (ranges.length <= mostRanges) return ranges
  throw invalidKey(conditionKeys[family], value, `more than ${mostRanges} ranges of addresses`)
}

function allowedBy(test: Test, family: Family): readonly Range[] {
  const { value, not } = test
  const named = few(value.split(','), test, family).map((each) => {
    const range = readRange(each)
    if (range?.first.family === family) return range
    throw invalidKey(
      conditionKeys[family],
      value,
      `it must be an address or a prefix of IPv${family}`,
    )
  })
  return not ? named.map(outsideOf).reduce(both, [everyAddress(family)]) : named
}

function both(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  return some.flatMap((one) => others.flatMap((other) => commonRange(one, other) ?? []))
}

/** All addresses of a family. */
function everyAddress(family: Family): Range {
  const end = (value: bigint): Address => ({ family, value })
  return { first: end(0n), last: end((1n << BigInt(addressBits(family))) - 1n) }
}

// iptables writes `eth+` for what nft writes `eth*`.
function interfaceOf({ value, not }: Test, key: string): string {
  const name = value.replace(/\+$/, '*')
  if (!/^[#-)+-.0-9;-~]{1,15}\*?$/.test(name) || name.length > 16)
    throw invalidKey(key, value, 'it must be the name of an interface')
  return `${not ? '!' : ''}${name}`
}
