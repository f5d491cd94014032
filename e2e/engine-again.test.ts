import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  type EngineHost,
  hostAt,
  openEngineHost,
  published,
  type TestContainer,
} from './engine-host.ts'
import { describeOnHost } from './gate.ts'

const web: TestContainer = {
  name: 'web',
  bridge: 'br4',
  addresses: ['10.4.0.2/24', 'fd00:4::2/64'],
  chained: [published(80)],
}
const routed: TestContainer = { ...web, bridge: 'routed', bridgeConf: { type: 'ptp' } }

describeOnHost('the engine, a second time', () => {
  let place: EngineHost

  beforeEach(async () => {
    place = await openEngineHost()
  })

  afterEach(async () => {
    await place.close()
  })

  const port = { protocol: 'tcp', address: hostAt.four, port: 8080 } as const
  const veths = async (): Promise<readonly string[]> =>
    JSON.parse(await place.sh('ip -j link show type veth'))
      .filter(({ ifname }: { ifname: string }) => ifname !== 'up0')
      .map(({ operstate }: { operstate: string }) => operstate)

  it.each([
    ['bridge', web],
    ['ptp', routed],
  ])('what was attached is left as it is, %s', async (_, container) => {
    const first = await place.attach(container)
    const look = ['ip', 'ip -n web'].map((ip) => `${ip} -o link; ${ip} -br addr; ${ip} route`)
    const all = () => place.sh(`${look.join('; ')}; nft list ruleset`)
    const before = await all()
    expect(await place.attach(container)).toEqual(first)
    expect(await all()).toBe(before)
    expect(await place.check(container)).toEqual({})
  })

  it.each([
    ['bridge', web],
    ['ptp', routed],
  ])(
    'an interface that was taken down alone is replaced in the next namespace of the container, %s',
    async (_, container) => {
      await place.attach(container)
      await place.serve('web', 80)
      expect(await place.detach(container, 'down')).toEqual({})
      expect(await veths()).toEqual(['DOWN'])
      expect(await place.ask('outside', port)).toBe('ECONNREFUSED')
      await place.sh(
        'mv /run/netns/web /run/netns/old 2>/dev/null || { touch /run/netns/old; mount --bind /run/netns/web /run/netns/old; ip netns del web; }',
      )
      await place.attach(container)
      await place.serve('web', 80)
      expect(await veths()).toEqual(['UP'])
      expect(await place.ask('outside', port)).toMatch(/^web /)
      expect(await place.sh('ip -n old -o link | wc -l')).toBe('1')
    },
  )

  it('a namespace that is gone leaves nothing, and a DEL is repeated without error', async () => {
    await place.attach(web)
    await place.sh('ip netns del web')
    expect(await place.detach(web, 'gone')).toEqual({})
    expect(await place.sh('nft list table inet vethra')).not.toContain('vethra net-br4 web')
    expect(await place.detach(web, 'gone')).toEqual({})
  })
})
