import { describe, expect, it } from 'vitest'
import {
  masqueradeMark,
  masqueradeRemovals,
  masqueradeRules,
  masqueradeText,
  masqueradeTable as table,
} from './index.ts'

const owner = { network: 'lan', containerId: 'default-m-ta853efe047', ifname: 'eth0' }
// As nft 1.0.6 prints what bridge 1.9.1 made.
const comment = 'a442bdc0d9fc678e-031469e3a97ee645, net: lan, if: eth0, id: default-m-ta853efe047'
const match = (protocol: string, field: string, op: string, right: unknown) => ({
  match: { op, left: { payload: { protocol, field } }, right },
})
const rule = (family: string, address: string, handle: number, more: object = {}) => ({
  rule: {
    ...{ family: 'inet', table, chain: 'masq_checks', handle, comment },
    expr: [
      match(family, 'saddr', '==', address),
      match(family, 'daddr', '!=', { prefix: { addr: '10.4.1.0', len: 24 } }),
      { masquerade: null },
    ],
    ...more,
  },
})
const listing = (...entries: readonly object[]) =>
  JSON.stringify({ nftables: [{ metainfo: {} }, { table: { name: table } }, ...entries] })

it('marks are those of the plugins', () => {
  expect(masqueradeMark(owner)).toBe('a442bdc0d9fc678e-031469e3a97ee645')
})

describe('the rules of the table', () => {
  it('say whose traffic they masquerade', () => {
    const claim = { network: owner.network, containerId: owner.containerId }
    const mark = masqueradeMark(owner)
    expect(masqueradeRules(listing(rule('ip', '10.4.1.2', 6), rule('ip6', 'fd00::2', 7)))).toEqual([
      { mark, address: '10.4.1.2', claim, handle: 6, comment },
      { mark, address: 'fd00::2', claim, handle: 7, comment },
    ])
  })

  it('whose comment was cut, or lies, are of nobody', () => {
    const cut = comment.slice(0, -1)
    const lie = comment.replace('id: default', 'id: another')
    const read = masqueradeRules(
      listing(...[cut, lie].map((each) => rule('ip', '10.4.1.2', 6, { comment: each }))),
    )
    expect(read.map(({ mark, claim }) => [mark, claim])).toEqual([
      [masqueradeMark(owner), undefined],
      [masqueradeMark(owner), undefined],
    ])
  })

  it.each([
    '',
    'null',
    '{"nftables":1}',
    listing(rule('ip', '10.4.1.2', 6, { comment: 7 })),
    listing(rule('ip', '10.4.1.2', 6, { handle: 'x; flush ruleset' })),
    listing(rule('ip', '10.4.1.2', 6, { chain: 'postrouting' })),
    listing(rule('ip', '10.4.1.2', 6, { expr: [match('ip', 'saddr', '==', '10.4.1.2')] })),
  ])('%j has none', (text) => {
    expect(masqueradeRules(text)).toEqual([])
  })
})

it('what is made again are the rules that are missing, in the shape of the plugins', () => {
  const there = masqueradeRules(listing(rule('ip', '10.4.1.2', 6)))
  const text = masqueradeText([{ ...owner, addresses: ['10.4.1.2/24', 'fd00::2/64'] }], there)
  expect(text.split('\n').filter((line) => line.includes(' masquerade '))).toEqual([
    `add rule inet ${table} masq_checks ip6 saddr fd00::2 ip6 daddr != fd00::2/64 masquerade comment "${comment}"`,
  ])
  expect(text).toContain(`flush chain inet ${table} postrouting\n`)
})

it('a comment has no more than the 128 characters that the kernel takes', () => {
  const long = { ...owner, containerId: 'x'.repeat(200), addresses: ['10.4.1.2/24'] }
  expect(/comment "([^"]*)"$/m.exec(masqueradeText([long], []))?.[1]).toHaveLength(128)
})

it('rules are taken out by their handles', () => {
  const rules = masqueradeRules(listing(rule('ip', '10.4.1.2', 6), rule('ip', '10.4.1.3', 9)))
  expect(masqueradeRemovals(rules)).toBe(
    `delete rule inet ${table} masq_checks handle 6\ndelete rule inet ${table} masq_checks handle 9\n`,
  )
})
