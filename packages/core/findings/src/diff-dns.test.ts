import { expect, it } from 'vitest'
import { nothingDesired, nothingObserved } from '../test/sample-states.ts'
import { diff, type ObservedHost } from './index.ts'

const found = (host: Partial<ObservedHost>) =>
  diff(nothingDesired, { ...nothingObserved, host: { ...nothingObserved.host, ...host } })

it('a network that the resolver cannot answer in is a warning that says why', () => {
  expect(found({})).toEqual([])
  expect(found({ unanswered: [{ name: 'lan', why: 'port 53 is taken' }] })).toMatchObject([
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
  expect(found({ upstream })).toMatchObject([
    {
      kind: 'dns-upstream',
      severity: 'warning',
      subject: { kind: 'host', name: '192.0.2.1' },
      evidence: ['it does not answer'],
    },
  ])
})
