import { afterEach, beforeEach, expect, it } from 'vitest'
import { type EngineHost, openEngineHost, published, type TestContainer } from './engine-host.ts'
import { describeOnHost } from './gate.ts'

const count = 16
const containers = Array.from({ length: count }, (_, at): TestContainer => {
  const last = at + 2
  return {
    name: `c${at}`,
    bridge: at % 2 === 0 ? 'br4' : 'br5',
    addresses: [`10.${4 + (at % 2)}.0.${last}/24`, `fd00:${4 + (at % 2)}::${last}/64`],
    chained: [published(100 + at), { type: 'firewall', ingressPolicy: 'same-bridge' }],
  }
})

describeOnHost('a crowd of attachments', () => {
  let place: EngineHost

  beforeEach(async () => {
    place = await openEngineHost()
  })

  afterEach(async () => {
    await place.close()
  })

  const portsLeft = async () =>
    (await place.sh('nft list table inet vethra')).match(/eth0" : /g)?.length ?? 0

  it('at once, where neither bridge nor table existed, is complete, and goes at once', async () => {
    await Promise.all(containers.map(place.attach))
    expect(await Promise.all(containers.map(place.check))).toEqual(containers.map(() => ({})))
    expect(await portsLeft()).toBe(count * 4)
    const made = await place.sh('nft -t list table inet vethra')
    const outcomes = await Promise.all(containers.map((each) => place.detach(each)))
    expect(outcomes).toEqual(containers.map(() => ({})))
    expect(await portsLeft()).toBe(0)
    expect(JSON.parse(await place.sh('ip -j link show type veth'))).toHaveLength(1)
    // However many made it, nothing is in the table twice.
    await place.sh('nft delete table inet vethra')
    const [first] = containers
    if (first) await place.attach(first)
    expect(await place.sh('nft -t list table inet vethra')).toBe(made)
  })
})
