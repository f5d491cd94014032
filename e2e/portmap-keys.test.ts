import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostAt, outside } from './engine-host.ts'
import { describeOnHost } from './gate.ts'
import type { Network, Step } from './plugin-set-random.ts'
import { openSide, own, type Side } from './plugin-set-side.ts'

const ports = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
const ipam = {
  type: 'host-local',
  ranges: [[{ subnet: '10.7.0.0/24' }], [{ subnet: 'fd00:7::/64' }]],
  routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
}
const bridge = { type: 'bridge', bridge: 'br7', isGateway: true, ipMasq: true, ipam }
const step = (command: Step['command']) => ({ command, id: 'c1', ports }) as const

function lan(keys: object): Network {
  const portmap = { type: 'portmap', capabilities: { portMappings: true }, ...keys }
  return { name: 'lan', cniVersion: '1.0.0', ports: 7, plugins: [bridge, portmap] }
}

describeOnHost('keys of portmap', () => {
  let ours: Side
  beforeAll(async () => {
    ours = await openSide(own)
  }, 60_000)
  afterAll(() => ours.place.close())

  const ask = (from: string, address: string) =>
    ours.place.ask(from, { protocol: 'tcp', address, port: 8080 })

  it('with masqAll the container sees the host, whoever asks its port, and DEL ends that', async () => {
    expect(await ours.perform(lan({}), step('ADD'))).toMatchObject({ said: [] })
    expect(await ask('outside', hostAt.four)).toContain(outside.four)
    expect(await ours.perform(lan({ masqAll: true }), step('CHECK'))).toMatchObject({
      failed: true,
    })
    expect(await ours.perform(lan({}), step('DEL'))).toMatchObject({ said: [] })
    const all = lan({ masqAll: true })
    expect(await ours.perform(all, step('ADD'))).toMatchObject({ said: [] })
    expect(await ours.perform(all, step('CHECK'))).toMatchObject({ said: [] })
    for (const from of ['outside', 'host'])
      expect(await Promise.all([ask(from, hostAt.four), ask(from, hostAt.six)])).toEqual([
        'c1 10.7.0.1 1',
        'c1 fd00:7::1 1',
      ])
    expect(await ours.perform(lan({}), step('DEL'))).toMatchObject({ said: [] })
    expect(await ours.place.sh('nft list table inet vethra')).not.toContain('c1')
    await ours.reset()
  })
})
