import { featureHint, lackedFeatures, linkFeatures, type State } from '@vethra/state'
import { describeKernel } from '@vethra/world-kit'
import { describe, expect, it } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'
import { remoteKernel } from '../../test/remote-kernel.ts'
import { hostFeatures } from '../kernel-features.ts'

const admit: State = [
  {
    owner: { kind: 'network', network: 'lan' },
    resource: { kind: 'admit', bridge: 'br0', subnets: ['10.4.0.0/24', '10.5.0.7/32'] },
  },
]

describe.skipIf(needsRoot)('by programs', () => {
  describeKernel('programKernel', () => remoteKernel(process.execPath))

  it.each([
    ['iptables-nft', '-P FORWARD DROP'],
    ['iptables-nft', '-A FORWARD -j REJECT'],
    ['iptables-legacy', '-P FORWARD DROP'],
  ])(
    '%s %s gets one rule for our mark, and loses it with the last network',
    async (program, drops) => {
      const { kernel, sh, close } = await remoteKernel(process.execPath)
      const rules = () => sh(`${program} -S FORWARD`).match(/--mark 0x1000000/g)?.length ?? 0
      sh(`${program} ${drops}`)
      for (const time of ['first', 'second']) {
        const { failed } = await kernel.apply(
          '',
          admit.map((to) => ({ kind: 'make', to })),
        )
        expect([time, failed, rules()]).toEqual([time, undefined, 1])
      }
      expect(await kernel.observe('', admit)).toEqual(admit)
      expect(await kernel.effects()).toEqual(admit)
      sh(`${program} -F FORWARD; ${program} ${drops}`)
      expect(await kernel.observe('', admit)).toEqual([])
      await kernel.apply(
        '',
        admit.map((from) => ({ kind: 'remove', from })),
      )
      expect(rules()).toBe(0)
      await close()
    },
  )

  it('a veth whose end on the host has got another name since it was seen goes by the end inside', async () => {
    const { kernel, sh, close } = await remoteKernel(process.execPath)
    sh('ip netns add t; ip link add br0 type bridge')
    const netns = '/run/netns/t'
    const owner = { kind: 'attachment', network: 'lan', containerId: 'a', ifname: 'eth0' } as const
    const ends = { name: 'veth', hostName: 'veth1', hostMac: 'fe:ff:ff:ff:ff:ff' } as const
    const veth = { kind: 'link', place: 'container', name: 'eth0', up: true } as const
    const resource = { ...veth, type: { ...ends, bridge: 'br0' }, linkLocal: false }
    const made = await kernel.apply(netns, [{ kind: 'make', to: { owner, resource } }])
    sh('ip link set veth1 down && ip link set veth1 name other')
    const removed = await kernel.apply(netns, [{ kind: 'remove', from: { owner, resource } }])
    expect([made.failed, removed.failed, removed.done.length]).toEqual([undefined, undefined, 1])
    expect(sh('ip -n t -o link show type veth')).toBe('')
    await close()
  })

  it('a limit of some subnets is refused before anything is done', async () => {
    const { kernel, sh, close } = await remoteKernel(process.execPath)
    const owner = { kind: 'network', network: 'lan' } as const
    const bridge = { kind: 'link', place: 'host', name: 'br0', up: true } as const
    const does = { rate: 8000, burst: 8000, subnets: ['10.0.0.0/8'] }
    const { done, failed } = await kernel.apply('', [
      { kind: 'make', to: { owner, resource: { ...bridge, type: { name: 'bridge' } } } },
      { kind: 'make', to: { owner, resource: { kind: 'qdisc', link: 'lo', does } } },
    ])
    expect([done, failed?.error.code]).toEqual([[], 5])
    expect(sh('ip -br link')).not.toContain('br0')
    await close()
  })

  it.each(['dummy', 'vrf', 'ifb'] as const)(
    'a link of type %s that the kernel refuses is told with its option where the kernel lacks it',
    async (name) => {
      const { kernel, close } = await remoteKernel(process.execPath)
      const feature = linkFeatures[name]
      const lacks = lackedFeatures(await hostFeatures(), [feature]).length > 0
      const type = name === 'vrf' ? { name, table: 77 } : { name }
      const link = { kind: 'link', place: 'host', name: 'x0', type, up: true } as const
      const owner = { kind: 'network', network: 'lan' } as const
      const { failed } = await kernel.apply('', [{ kind: 'make', to: { owner, resource: link } }])
      expect(failed === undefined).toBe(!lacks)
      if (failed) expect(failed.error.hint).toContain(featureHint(feature))
      await close()
    },
  )

  it('a setting that cannot be written is refused, unless it has that value', async () => {
    const { kernel, sh, close } = await remoteKernel(process.execPath)
    sh('mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys; ip netns add t')
    for (const [place, netns] of [
      ['host', ''],
      ['container', '/run/netns/t'],
    ] as const) {
      const set = (value: string) => {
        const resource = { kind: 'sysctl', place, key: 'net/core/somaxconn', value } as const
        return kernel.apply(netns, [{ kind: 'make', to: { owner: { kind: 'host' }, resource } }])
      }
      expect((await set('4096')).failed).toBeUndefined()
      expect((await set('77')).failed?.error.code).toBe(5)
    }
    await close()
  })

  it('a table whose chains are flushed is seen, and is filled again with its elements in it', async () => {
    const { kernel, sh, close } = await remoteKernel(process.execPath)
    await kernel.apply(
      '',
      admit.map((to) => ({ kind: 'make', to })),
    )
    const before = sh('nft list table inet vethra')
    expect(await kernel.isTableWhole()).toBe(true)
    sh('nft flush chain inet vethra to')
    expect(await kernel.isTableWhole()).toBe(false)
    await kernel.fillTable()
    expect([await kernel.isTableWhole(), sh('nft list table inet vethra')]).toEqual([true, before])
    sh("nft add chain inet vethra guard '{ policy drop; }'; nft add chain inet vethra mine")
    sh("nft add element inet vethra p4 '{ tcp . 99 : 10.4.1.2 . 80 }'")
    expect(await kernel.isTableWhole()).toBe(false)
    await kernel.fillTable()
    for (const { deletion } of await kernel.strange()) sh(`nft '${deletion}'`)
    expect([await kernel.isTableWhole(), sh('nft list table inet vethra')]).toEqual([true, before])
    await close()
  })

  it('a table of an older version is made again with what it holds, and one of a newer version is refused', async () => {
    const { kernel, sh, close } = await remoteKernel(process.execPath)
    const make = admit.map((to) => ({ kind: 'make', to }) as const)
    await kernel.apply('', make)
    const current = sh('nft list table inet vethra')
    const asVersion = (version: number) =>
      sh(`nft list table inet vethra | sed 's/made by vethra, [0-9]*/made by vethra, ${version}/' >/run/t
        nft delete table inet vethra; nft -f /run/t`)
    asVersion(0)
    expect((await kernel.apply('', make)).failed).toBeUndefined()
    expect(sh('nft list table inet vethra')).toBe(current)
    asVersion(99)
    await expect(kernel.apply('', make)).rejects.toMatchObject({ code: 5 })
    await close()
  })
})
