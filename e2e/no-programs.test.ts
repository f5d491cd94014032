import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

// Of all programs, the host has ip(8) alone: no plugins, no iptables, no nft.
describeOnHost('a network of ours', () => {
  let host: Host
  beforeEach(async () => {
    host = await openHost({ plugins: 'auto' })
    await host.run(['ip', 'netns', 'add', 'blue'])
    const link = 'mkdir -p /run/bin && ln -s $(command -v ip) /run/bin/'
    await host.run(['sh', '-ec', link])
  })
  afterEach(() => host.close())

  const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
  const vethra = (...args: readonly string[]) => {
    const env = {
      CNI_PATH: '/nowhere',
      CAP_ARGS: JSON.stringify({ portMappings }),
    }
    return host.run(['env', 'PATH=/run/bin', executable, ...args], { env })
  }

  it('lives from create to rm without another program', async () => {
    const done = { exitCode: 0, stderr: '' }
    const cni = (operation: string) => vethra('cni', operation, 'lan', '/run/netns/blue')
    expect(await vethra('network', 'create', '--ipv6', 'lan')).toMatchObject(done)
    expect(await vethra('cni', 'status', 'lan')).toMatchObject(done)
    const planned = await vethra('cni', 'add', '--dry-run', 'lan', '/run/netns/blue')
    expect(JSON.parse(planned.stdout).map(({ way }: { way: string }) => way)).toEqual(
      Array(4).fill('native'),
    )
    for (const operation of ['add', 'check', 'del', 'add']) {
      expect(await cni(operation)).toMatchObject(done)
    }
    const { rules } = await host.snapshot()
    expect(rules.filter((rule) => rule.startsWith('p4 ') && rule.includes('8080'))).toHaveLength(1)
    expect(await vethra('doctor')).toMatchObject({ exitCode: 0 })
    await host.run(['ip', 'netns', 'del', 'blue'])
    expect(await cni('del')).toMatchObject(done)
    expect(await vethra('network', 'rm', 'lan')).toMatchObject(done)
    const after = await host.snapshot()
    expect([after.rules, after.links.length]).toEqual([[], 1])
  })

  it('is left without another program by a container whose namespace somebody still holds', async () => {
    const done = { exitCode: 0, stderr: '' }
    await vethra('network', 'create', 'lan')
    await vethra('cni', 'add', 'lan', '/run/netns/blue')
    const hold = 'ip netns exec blue sleep 600 >/dev/null 2>&1 & echo $!; ip netns del blue'
    const { stdout: holder } = await host.run(['sh', '-c', hold])
    expect(await vethra('cni', 'del', 'lan', '/run/netns/blue')).toMatchObject(done)
    const { links } = await host.snapshot()
    await host.run(['kill', holder])
    expect(links.filter((each) => each.includes('veth'))).toEqual([])
  })

  it('whose plugin has a key that is not known here names it where there is no program', async () => {
    await vethra('network', 'create', 'lan')
    const file = '/etc/cni/net.d/nerdctl-lan.conflist'
    await host.run(['sed', '-i', 's/"hairpinMode": true/"hairpinMode": true, "vlan": 7/', file])
    const refused = await vethra('cni', 'add', 'lan', '/run/netns/blue')
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('vlan') })
  })
})
