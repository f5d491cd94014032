import { expect, it } from 'vitest'
import { type PlannedCall, stageOf } from './planned-call.ts'

const conf = { name: 'lan', cniVersion: '1.0.0', IPAM: { type: 'dhcp' }, Type: 'other', mtu: 1400 }

function callOf(type: string): PlannedCall {
  const ids = { containerId: 'c1', netns: '/run/netns/c1', ifname: 'eth0', network: 'lan' }
  const request = { ...ids, cniVersion: '1.0.0', args: '', path: [], netnsOverride: false } as const
  const host = { isProgram: () => true } as unknown as PlannedCall['host']
  return { type, host, request: { ...request, command: 'ADD', conf, text: '{"as": "it was"}' } }
}

it('an IPAM plugin gets the text that its caller was sent', () => {
  expect(stageOf(callOf('bridge'), 'ADD').ipam).toMatchObject({
    type: 'dhcp',
    stdin: '{"as": "it was"}',
  })
})

it.each(['firewall', 'tuning', 'portmap', 'bandwidth', 'sbr', 'vrf', 'loopback'])(
  '%s asks no IPAM plugin, whatever its conf says',
  (type) => {
    const { ipam, requests } = stageOf(callOf(type), 'ADD')
    expect(ipam).toBeUndefined()
    expect(requests[0]?.conf).toEqual({ name: 'lan', cniVersion: '1.0.0', mtu: 1400, type })
  },
)
