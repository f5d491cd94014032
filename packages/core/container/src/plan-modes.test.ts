import { describe, expect, it } from 'vitest'
import { planned, sampleConfig, samplePlaces } from '../test/sample-bundle.ts'

const joined = { id: 'f'.repeat(64), netns: '/proc/7/ns/net', hostname: 'other' }

describe('other modes', () => {
  const types = (plan: { json: { linux: { namespaces: readonly { type: string }[] } } }) =>
    plan.json.linux.namespaces.map((each) => each.type)

  it('host has no network namespace, no sysctl and the name of the host', () => {
    const before = planned().config
    const plan = planned({ networks: networks('host') }, before, {
      ...samplePlaces,
      hostHostname: 'machine',
    })
    expect(types(plan)).toEqual(['pid', 'uts'])
    expect(plan.json.linux.sysctl).toEqual({})
    expect(plan.json.hostname).toBe('machine')
    expect(plan.json.annotations['nerdctl/networks']).toBe('["host"]')
  })

  it('none has a namespace of its own', () => {
    const plan = planned({ networks: networks('none') })
    expect(plan).toMatchObject({ mode: 'none', json: { hostname: '0123456789ab' } })
    expect(types(plan)).toEqual(['pid', 'network', 'uts'])
  })

  it('ns joins the namespace at the path', () => {
    const plan = planned({ networks: networks('ns:/run/netns/a') })
    expect(plan.json.linux.namespaces).toContainEqual({ type: 'network', path: '/run/netns/a' })
    expect(plan.record.netns).toBe('/run/netns/a')
  })

  it('container joins the namespace, the hostname and the files of the other', () => {
    const plan = planned({ networks: networks('container:ffff') }, sampleConfig(), {
      ...samplePlaces,
      joined,
    })
    expect(plan.json.linux.namespaces).toContainEqual({ type: 'network', path: joined.netns })
    expect(plan.json.hostname).toBe('other')
    expect(plan.json.process.env).toContain('HOSTNAME=')
    expect(plan.record.networks).toEqual(networks(`container:${joined.id}`))
  })

  it('container takes no hostname from one that has none', () => {
    const nameless = { ...samplePlaces, joined: { ...joined, hostname: '' } }
    const plan = planned({ networks: networks('container:ffff') }, sampleConfig(), nameless)
    expect(plan.json).not.toHaveProperty('hostname')
    expect(JSON.stringify(plan.json.mounts)).not.toContain('/etc/hostname')
  })

  it.each(['a\nb', 'a'.repeat(63).concat('.b')])('host passes over a name like %j', (name) => {
    const odd = { ...samplePlaces, hostHostname: name }
    const plan = planned({ networks: networks('host') }, sampleConfig(), odd)
    expect(plan.json.hostname).toBe('0123456789ab')
  })

  it('container without such a container is refused', () => {
    expect(() => planned({ networks: networks('container:x') })).toThrow(
      expect.objectContaining({
        code: 101,
        message: 'container networking: could not find container: x',
      }),
    )
  })

  it.each([
    ['none', { ip: '10.4.0.9' }, '--ip'],
    ['host', { ip6: 'fd00::9' }, '--ip6'],
    ['ns:/run/netns/a', { macAddress: '02:00:00:00:00:09' }, '--mac-address'],
    ['none', { aliases: ['db'] }, '--network-alias'],
  ])('%s with %j is refused: it attaches the container to no network', (ref, given, flag) => {
    expect(() => planned({ networks: networks(ref), ...given })).toThrow(
      expect.objectContaining({ code: 103, message: expect.stringContaining(flag) }),
    )
  })

  it.each(['bridge', 'none', 'host', 'ns:/run/netns/a'])(
    '%s with --uts=host sets no hostname, which runc would refuse (W35)',
    (ref) => {
      const plan = planned({ networks: networks(ref), utsHost: true })
      expect(plan.json).not.toHaveProperty('hostname')
      expect(types(plan)).not.toContain('uts')
      expect(JSON.stringify(plan.json.mounts)).not.toContain('/etc/hostname')
      expect(plan.json.process.env).toContain('HOSTNAME=')
      expect(plan.record.hostname).toBe('')
    },
  )
})

function networks(...refs: readonly string[]) {
  return refs.map((ref) => ({ ref, aliases: [] }))
}
