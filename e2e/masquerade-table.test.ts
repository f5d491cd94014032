import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins } from './host.ts'

// Debian's plugins take the key for an unknown one; the rules of later ones are put there by the doctor.
describeOnHost('a network that asks for ipMasqBackend nftables', () => {
  let host: Host
  let id: string
  beforeEach(async () => {
    host = await openHost({ plugins: 'exec' })
    id = `web-${host.tag}`
    const edit = `sed -i 's/"ipMasq": *true/"ipMasq":true,"ipMasqBackend":"nftables"/'`
    await host.vethra('network', 'create', '--ipv6', 'lan')
    await host.run(['sh', '-c', `${edit} /etc/cni/net.d/nerdctl-lan.conflist`])
  })
  afterEach(() => host.close())

  const sh = async (script: string) => (await host.run(['sh', '-c', script])).stdout
  const kinds = async () =>
    JSON.parse((await host.vethra('doctor', '--format', 'json')).stdout)
      .map((each: { Kind: string }) => each.Kind)
      .filter((kind: string) => kind !== 'wrong-file-system')
  const rules = async () =>
    [
      ...(await sh('nft list ruleset')).matchAll(
        /(\S+) \S+ daddr != \S+ masquerade comment "(.*)"/g,
      ),
    ]
      .map(([, address, comment]) => [address, comment])
      .toSorted()

  it('by programs: is masqueraded, by nftables again where all was flushed, and leaves nothing', async () => {
    const bundle = await host.bundle(id, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', id, '--network', 'lan')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await kinds()).toEqual([])
    await sh('iptables -t nat -F; ip6tables -t nat -F')
    expect(await kinds()).toEqual(['masquerading-missing'])
    expect((await host.vethra('doctor', '--repair')).exitCode).toBe(0)
    const comment = expect.stringMatching(
      new RegExp(`^[0-9a-f]{16}-[0-9a-f]{16}, net: lan, if: eth0, id: default-${id}$`),
    )
    expect(await rules()).toEqual([
      ['10.4.1.2', comment],
      [expect.stringMatching(/^fd.*::2$/), comment],
    ])
    expect(await kinds()).toEqual([])
    await host.stop(id)
    expect(await rules()).toEqual([])
    // The kernel takes its time with the veth.
    await expect.poll(kinds).toEqual([])
  })

  it('in this process: is masqueraded in table inet vethra, and no program is called', async () => {
    const cni = (operation: string, choice = 'native') =>
      host.vethra(
        '--plugins',
        choice,
        '--log-level',
        'debug',
        'cni',
        operation,
        'lan',
        '/run/netns/b',
      )
    await sh('ip netns add b')
    expect(await cni('add')).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining(plugins),
    })
    expect(await sh('nft list set inet vethra masq4')).toContain('10.4.1.')
    expect(await cni('check')).toMatchObject({ exitCode: 0 })
    expect(await kinds()).toEqual([])
    expect(await cni('del')).toMatchObject({ exitCode: 0 })
    expect(await kinds()).toEqual([])
  })
})
