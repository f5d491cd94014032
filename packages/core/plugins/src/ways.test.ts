import { parseConfList } from '@vethra/conflist'
import { describe, expect, it } from 'vitest'
import { isNative, type PluginChoice, waysOf } from './index.ts'

const list = (mark: object, ...plugins: readonly object[]) =>
  parseConfList(JSON.stringify({ cniVersion: '1.0.0', name: 'lan', ...mark, plugins }))
const bridge = {
  type: 'bridge',
  bridge: 'br0',
  ipam: { type: 'host-local', subnet: '10.1.0.0/24' },
}
const dhcp = { type: 'bridge', ipam: { type: 'dhcp' } }
const own = { nerdctlID: 'a1' }

describe('the ways of plugins', () => {
  it.each<readonly [PluginChoice, ReturnType<typeof list>, string]>([
    ['auto', list(own, bridge, { type: 'portmap' }), 'native native'],
    ['auto', list({ nerdctlID: 1 }, bridge), 'native'],
    ['auto', list({ vethraID: 'a1' }, bridge), 'native'],
    ['auto', list({}, bridge), 'exec'],
    ['native', list({}, bridge, { type: 'istio-cni' }), 'native exec'],
    ['native', list({}, dhcp, { type: 'tuning' }), 'native+exec native'],
    ['native', list({}, { type: 'tuning' }, dhcp), 'native exec'],
    ['native', list({}, { ...dhcp, type: 'ptp' }), 'exec'],
    ['native', list({}, { type: 'portmap', conditionsV4: ['-s', '10.0.0.0/8'] }), 'exec'],
    ['exec', list(own, bridge), 'exec'],
  ])('of choice %s', (choice, of, expected) => {
    expect(
      waysOf(of, choice)
        .map(({ way, ipam }) => (ipam ? `${way}+${ipam}` : way))
        .join(' '),
    ).toBe(expected)
  })

  it('are those of the type that was there at ADD', () => {
    const of = list({}, bridge, { type: 'portmap' })
    const ways = waysOf(of, 'native')
    expect([0, 1, 2].map((index) => isNative(of, ways, index))).toEqual([true, true, false])
    const other = list({}, { type: 'macvlan' }, { type: 'portmap' })
    expect([0, 1].map((index) => isNative(other, ways, index))).toEqual([false, true])
    expect(isNative(of, undefined, 0)).toBe(false)
  })
})
