import { describe, expect, it } from 'vitest'
import { diff, type ObservedAttachment, planRepairs } from './index.ts'
import { nothingDesired, nothingObserved, ourNetwork } from './sample-states.ts'

const attachment: ObservedAttachment = {
  network: 'lan',
  containerId: 'default-web',
  ifname: 'eth0',
  recorded: true,
  recordDamaged: false,
  remembered: true,
  restorable: false,
  ours: true,
  netns: '/proc/7/ns/net',
  state: 'alive',
}

describe('attachments', () => {
  it.each([
    ['gone', true, ['attachment-dead error'], 1],
    ['replaced', true, ['attachment-dead error'], 1],
    ['gone', false, ['attachment-dead warning'], 0],
    ['alive', true, [], 0],
    ['unknown', true, [], 0],
  ] as const)('%s, ours: %s', (state, ours, kinds, repairs) => {
    const found = diff(nothingDesired, {
      ...nothingObserved,
      attachments: [{ ...attachment, state, ours }],
    })
    expect(found.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(kinds)
    expect(planRepairs(found)).toHaveLength(repairs)
  })
})

describe('reservations', () => {
  const reservation = { address: '10.4.1.2', containerId: 'gone', ifname: 'eth0', sinceMs: 0 }
  const observed = {
    ...nothingObserved,
    reservations: [{ network: 'lan', dataDir: '/var/lib/cni/networks', reservation }],
  }

  it('of a container that shows no sign of life are released in a network of ours', () => {
    const [found, ...others] = diff({ ...nothingDesired, networks: [ourNetwork] }, observed)
    expect(others).toEqual([])
    expect(found).toMatchObject({ id: 'reservation-dead lan/10.4.1.2', severity: 'error' })
    expect(found?.repair).toMatchObject({ kind: 'release-address', reservation })
  })

  it("are left alone in another's network", () => {
    const [found] = diff(nothingDesired, observed)
    expect(found).toMatchObject({ severity: 'warning', ours: false })
    expect(found?.repair).toBeUndefined()
  })

  it('are no finding while the container lives', () => {
    const signs = { ...observed.signs, running: new Set(['gone']) }
    expect(diff(nothingDesired, { ...observed, signs })).toEqual([])
  })
})
