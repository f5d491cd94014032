import { expect, it } from 'vitest'
import type { PlannedCall } from './planned-call.ts'
import { checkPlanned } from './planned-check.ts'

const whole = { name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/run/netns/c1' }

it.each([
  ['bridge', [], ''],
  ['ptp', [{ name: 'eth0' }], ''],
  ['macvlan', [{ ...whole, name: 'eth1' }], ''],
  ['bridge', [{ ...whole, sandbox: '/run/netns/c2' }], '/run/netns/c2'],
])(
  '%s cannot be checked by a result without the interface in the container',
  async (type, interfaces, sandbox) => {
    const prevResult = { cniVersion: '1.0.0', interfaces, ips: [] }
    const conf = { name: 'lan', cniVersion: '1.0.0', master: 'eth9', prevResult }
    const ids = { containerId: 'c1', netns: '/run/netns/c1', ifname: 'eth0', network: 'lan' }
    const call = { ...ids, cniVersion: '1.0.0', args: '', path: [], netnsOverride: false } as const
    const host = { isProgram: () => false } as unknown as PlannedCall['host']
    const request = { ...call, command: 'CHECK', conf, text: JSON.stringify(conf) } as const
    await expect(checkPlanned({ type, host, request })).rejects.toMatchObject({
      code: 999,
      message: `Sandbox in prevResult ${sandbox} doesn't match configured netns: /run/netns/c1`,
    })
  },
)
