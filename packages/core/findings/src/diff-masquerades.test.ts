import { type MasqueradeRule, masqueradeMark } from '@vethra/firewall'
import { expect, it } from 'vitest'
import { healthyWorld, type World } from '../test/sample-host.ts'
import { diff, flushedPlaces, planRepairs } from './index.ts'

// Two containers that bridge masquerades by nftables, as a program.
const byNft = (): World => {
  const { desired, observed } = healthyWorld(2)
  const attachments = desired.attachments.map((each) => ({
    ...each,
    ...{ masqueraded: false, masqueradedByNft: true as const },
  }))
  const masquerades = attachments.map((each, index) => ruleOf(each, index))
  return { desired: { ...desired, attachments }, observed: { ...observed, masquerades } }
}
const withoutIptables = ({ desired, observed }: World): World => ({
  desired,
  observed: {
    ...observed,
    firewall: observed.firewall.map((each) => ({ ...each, owned: new Map() })),
  },
})
const ruleOf = (
  { network, containerId, ifname, addresses }: World['desired']['attachments'][number],
  handle: number,
): MasqueradeRule => ({
  mark: masqueradeMark({ network, containerId, ifname }),
  address: addresses[0]?.address ?? '',
  claim: { network, containerId },
  handle,
  comment: 'as bridge writes it',
})
const found = ({ desired, observed }: World) => {
  const findings = diff(desired, observed).filter(({ kind }) => /masquerading|rules/.test(kind))
  return findings.map(({ kind, severity, repair }) => [kind, severity, repair?.kind])
}

it('nothing is found where each container has its rule, or nft was not asked', () => {
  const world = byNft()
  expect(found(world)).toEqual([])
  const { masquerades: _, ...observed } = world.observed
  expect(found({ ...world, observed })).toEqual([])
})

it('plugins that know no nftables masquerade by iptables: that is no loss', () => {
  const world = byNft()
  expect(found({ ...world, observed: { ...world.observed, masquerades: [] } })).toEqual([])
})

it('plugins that found no iptables masquerade by nftables, whatever the conf says: that is no loss', () => {
  const { desired, observed } = withoutIptables(byNft())
  const attachments = desired.attachments.map(({ masqueradedByNft: _, ...each }) => ({
    ...each,
    masqueraded: true,
  }))
  expect(found({ desired: { ...desired, attachments }, observed })).toEqual([])
})

it.each([
  ['that is gone', []],
  ['that is of another address', [{ address: '10.4.9.9' }]],
  ['that is of another container', [{ mark: 'x' }]],
])('a rule %s is missed, and made again by nftables', (_what, changes) => {
  const { desired, observed } = withoutIptables(byNft())
  const [first, second] = observed.masquerades ?? []
  if (!first || !second) throw new Error('no rules')
  const masquerades = [second, ...changes.map((each) => ({ ...first, ...each }))]
  const findings = diff(desired, { ...observed, masquerades }).filter(
    ({ kind }) => kind === 'masquerading-missing',
  )
  expect(planRepairs(findings)).toMatchObject([
    { kind: 'restore-masquerading', attachment: { byNft: true, addresses: ['10.4.1.2/24'] } },
  ])
})

it('rules of what is not attached are left: of ours with a repair, of others with the command', () => {
  const { desired, observed } = byNft()
  const [rule] = observed.masquerades ?? []
  if (!rule) throw new Error('no rules')
  const [one, ...attachments] = observed.attachments
  const world = { desired: { ...desired, attachments: [] }, observed: { ...observed, attachments } }
  expect(found(world).filter(([kind]) => kind === 'rules-left')).toContainEqual([
    'rules-left',
    'error',
    'remove-rules',
  ])
  expect(one?.containerId).toBe(rule.claim?.containerId)
  const { claim: _, ...unclaimed } = rule
  const stranger = { ...unclaimed, mark: 'of-a-stranger', handle: 7 }
  const left = diff(desired, {
    ...observed,
    masquerades: [...(observed.masquerades ?? []), stranger],
  })
  expect(left.filter(({ kind }) => kind === 'rules-left')).toMatchObject([
    {
      severity: 'warning',
      fix: 'nft delete rule inet cni_plugins_masquerade masq_checks handle 7',
    },
  ])
})

it('where no rule is left all was flushed', () => {
  const { desired, observed } = byNft()
  expect(flushedPlaces(desired, observed).has('masquerades')).toBe(false)
  expect(flushedPlaces(desired, { ...observed, masquerades: [] }).has('masquerades')).toBe(true)
})
