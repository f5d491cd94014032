import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

// See nerdctl-files/README.md.
const rows: readonly [name: string, options: readonly string[]][] = [
  ['aa', ['--subnet', '10.60.0.0/24']],
  [
    'bb',
    ['--subnet', '10.60.0.0/24', '--gateway', '10.60.0.254', '--label', 'b=x', '--label', 'a=<&>'],
  ],
  ['cc', ['--subnet', '10.60.0.0/16', '--ip-range', '10.60.5.0/24']],
  ['dd', ['-d', 'macvlan', '--subnet', '10.60.0.0/24', '-o', 'parent=eth9']],
  [
    'ee',
    [
      '-d',
      'ipvlan',
      '--subnet',
      '10.60.0.0/24',
      '-o',
      'parent=eth9',
      '-o',
      'mode=l3',
      '-o',
      'mtu=1400',
    ],
  ],
  ['ff', ['--subnet', '10.60.0.0/24', '-o', 'mtu=9000']],
  ['gg', ['--ipv6', '--subnet', '10.60.0.0/24', '--subnet', 'fd00:60::/64']],
]
const fileOf = (name: string) => readFile(new URL(`nerdctl-files/${name}`, import.meta.url), 'utf8')

describeOnHost('networks that nerdctl and people made', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  const put = (file: string, input: string) =>
    host.run(
      [
        'sh',
        '-c',
        `mkdir -p /etc/cni; cd /etc/cni; mkdir -p "net.d/$(dirname ${file})"; cat > net.d/${file}`,
      ],
      { input },
    )
  const list = async () =>
    JSON.parse((await host.vethra('network', 'ls', '--format', 'json')).stdout).map(
      (each: { Name: string; Origin: string }) => [each.Name, each.Origin],
    )

  it('the same options give the same bytes, but for empty labels and, of IPv6, the way out and ::1', async () => {
    await host.run(['ip', 'link', 'add', 'eth9', 'type', 'bridge'])
    for (const [name, options] of rows) {
      expect(await host.vethra('network', 'create', ...options, name)).toMatchObject({
        exitCode: 0,
      })
      const file = `/etc/cni/net.d/nerdctl-${name}.conflist`
      const ours = (await host.run(['cat', file])).stdout
      const theirs = await fileOf(`nerdctl-${name}.conflist`)
      // Later versions leave empty labels out.
      const expected = theirs.replace('  "nerdctlLabels": {},\n', '')
      const more = ',\n          {\n            "dst": "::/0"\n          }'
      const atLoopback = /\n *"conditionsV6": \[[^\]]*\],/
      expect.soft(ours.replace(more, '').replace(atLoopback, '')).toBe(expected)
      expect.soft(ours.includes(more)).toBe(name === 'gg')
      await host.run(['rm', file])
    }
  })

  it('those of both ages, and of people, can be listed, inspected and used', async () => {
    await put(
      '10-hand.conf',
      '{"cniVersion":"0.4.0","name":"hand","type":"bridge","bridge":"hand0","isGateway":true,"ipam":{"type":"host-local","subnet":"10.61.0.0/24"}}',
    )
    await put('20-minimal.conflist', '{"name":"minimal","plugins":[{"type":"loopback"}]}')
    await put('integer.conflist', await fileOf('integer.conflist'))
    await put('nerdctl-gg.conflist', await fileOf('nerdctl-gg.conflist'))
    await put(
      'default/nerdctl-bb.conflist',
      (await fileOf('nerdctl-bb.conflist')).replaceAll('10.60.0', '10.62.0'),
    )
    expect(await list()).toEqual([
      ['hand', 'other'],
      ['minimal', 'other'],
      ['bb', 'own'],
      ['integer', 'nerdctl'],
      ['gg', 'own'],
    ])
    const names = ['hand', 'integer', 'gg', 'bb']
    const inspected = JSON.parse((await host.vethra('network', 'inspect', ...names)).stdout)
    expect(
      inspected.map(({ IPAM }: { IPAM: { Config: { Subnet: string }[] } }) =>
        IPAM.Config.map(({ Subnet }) => Subnet),
      ),
    ).toEqual([
      ['10.61.0.0/24'],
      ['10.4.2.0/24'],
      ['10.60.0.0/24', 'fd00:60::/64'],
      ['10.62.0.0/24'],
    ])
    for (const name of names) {
      await host.run(['ip', 'netns', 'add', name])
      const added = await host.vethra('cni', 'add', name, `/run/netns/${name}`)
      expect(added, name).toMatchObject({ exitCode: 0 })
      expect((await host.vethra('cni', 'del', name, `/run/netns/${name}`)).exitCode).toBe(0)
      await host.run(['ip', 'netns', 'del', name])
    }
    // What is chosen keeps clear of all of them, and what is not ours stays.
    await host.vethra('network', 'create', 'lan')
    expect((await host.vethra('network', 'inspect', 'lan')).stdout).toContain('"10.4.1.0/24"')
    await host.vethra('network', 'create', 'next')
    expect((await host.vethra('network', 'inspect', 'next')).stdout).toContain('"10.4.3.0/24"')
    for (const name of ['hand', 'integer']) {
      expect(await host.vethra('network', 'rm', name)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`network "${name}" is managed outside vethra`),
      })
    }
    expect((await host.vethra('network', 'rm', 'cbd3cfb9b9f5', 'bb', 'lan', 'next')).exitCode).toBe(
      0,
    )
    expect((await host.run(['ip', 'link', 'show', 'br-cbd3cfb9b9f5'])).exitCode).not.toBe(0)
  })
})
