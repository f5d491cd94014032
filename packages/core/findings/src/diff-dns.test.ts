import { expect, it } from 'vitest'
import { dnsFindings } from './diff-dns.ts'
import type { ObservedState } from './observed-state.ts'

const state = (unanswered?: readonly { name: string; why: string }[]) =>
  ({ host: unanswered === undefined ? {} : { unanswered } }) as unknown as ObservedState

it('a network that the resolver cannot answer in is a warning that says why', () => {
  expect(dnsFindings(state())).toEqual([])
  expect(dnsFindings(state([{ name: 'lan', why: 'port 53 is taken' }]))).toMatchObject([
    {
      kind: 'dns-off',
      severity: 'warning',
      subject: { name: 'lan' },
      evidence: ['port 53 is taken'],
    },
  ])
})
