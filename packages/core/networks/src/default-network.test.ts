import { describe, expect, it } from 'vitest'
import { defaultNetwork } from './index.ts'

const subnetOf = (text: string): unknown => JSON.parse(text).plugins[0].ipam.ranges[0][0]

describe('defaultNetwork', () => {
  it('goes elsewhere when its usual subnet is taken, and says so', () => {
    const used = [{ prefix: '10.0.0.0/8', by: 'route via tun0', device: 'tun0' }]
    const { text, notes } = defaultNetwork({ used, pools: [] })
    expect(subnetOf(text)).toEqual({ subnet: '172.16.0.0/24', gateway: '172.16.0.1' })
    expect(notes).toEqual([
      'network bridge has subnet 172.16.0.0/24: 10.4.0.0/24 overlaps 10.0.0.0/8 of route via tun0',
    ])
  })

  it('takes over a nerdctl0 that was left behind', () => {
    const used = [{ prefix: '10.4.0.1/24', by: 'interface nerdctl0', device: 'nerdctl0' }]
    const { text, notes } = defaultNetwork({ used, pools: [] })
    expect(subnetOf(text)).toEqual({ subnet: '10.4.0.0/24', gateway: '10.4.0.1' })
    expect(notes).toEqual([])
  })

  it('has the subnet and gateway of a bridge ip', () => {
    const { text } = defaultNetwork({ used: [], pools: [] }, '10.9.3.7/16')
    expect(subnetOf(text)).toEqual({ subnet: '10.9.0.0/16', gateway: '10.9.3.7' })
  })

  it('refuses a bridge ip that overlaps', () => {
    const used = [{ prefix: '10.9.0.0/24', by: 'network lan' }]
    expect(() => defaultNetwork({ used, pools: [] }, '10.9.3.7/16')).toThrow(
      expect.objectContaining({ code: 102, message: expect.stringContaining('of network lan') }),
    )
  })

  it.each(['10.9.0.1', 'fd00::1/64', ''])('refuses bridge ip %j', (bridgeIp) => {
    expect(() => defaultNetwork({ used: [], pools: [] }, bridgeIp)).toThrow(
      expect.objectContaining({
        code: 103,
        message: `invalid bridge ip ${bridgeIp}: it is not an IPv4 address with a prefix length`,
      }),
    )
  })
})
