import { expect, it } from 'vitest'
import { dnsFindings } from './diff-dns.ts'
import type { ObservedState } from './observed-state.ts'

const state = (host: Pick<ObservedState['host'], 'unanswered' | 'upstream'>) => ({
  host: host as ObservedState['host'],
})

it('a network that the resolver cannot answer in is a warning that says why', () => {
  expect(dnsFindings(state({}))).toEqual([])
  expect(
    dnsFindings(state({ unanswered: [{ name: 'lan', why: 'port 53 is taken' }] })),
  ).toMatchObject([
    {
      kind: 'dns-off',
      severity: 'warning',
      subject: { name: 'lan' },
      evidence: ['port 53 is taken'],
    },
  ])
})

it('a server upstream that is of no use is a warning that says why', () => {
  const upstream = [{ name: '192.0.2.1', why: 'it does not answer' }]
  expect(dnsFindings(state({ upstream }))).toMatchObject([
    {
      kind: 'dns-upstream',
      severity: 'warning',
      subject: { kind: 'host', name: '192.0.2.1' },
      evidence: ['it does not answer'],
    },
  ])
})
