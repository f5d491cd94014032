import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

const outside = [
  'ip netns add out',
  'ip link add o0 type veth peer name o1 netns out',
  'ip addr add 198.51.100.1/24 dev o0',
  'ip link set o0 up',
  'ip -n out addr add 198.51.100.2/24 dev o1',
  'ip -n out link set o1 up',
].join('; ')

describeOnHost('published ports', () => {
  let host: Host
  let web: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    for (const name of ['lan', 'back']) await host.vethra('network', 'create', name)
    await host.vethra('network', 'create', '--internal', 'inner')
    await host.run(['sh', '-ec', outside])
  })

  afterEach(async () => {
    await host.close()
  })

  // Until its server listens.
  const run = async () => {
    expect(await host.start(`${host.folder}/${web}`, web)).toMatchObject({ exitCode: 0 })
    const own = ['exec', web, 'wget', '-q', '-O', '-', 'http://127.0.0.1/']
    await expect.poll(async () => (await host.runc(...own)).stdout).toBe('page')
  }
  const start = async (...networks: readonly string[]) => {
    const bundle = await host.bundle(web, ['httpd', '-f', '-p', '80', '-h', '/www'])
    await writeFile(`${bundle}/rootfs/www/index.html`, 'page')
    const flags = networks.flatMap((each) => ['--network', each])
    const prepare = ['bundle', 'prepare', bundle, '--id', web, ...flags, '-p', '8080:80']
    const prepared = await host.vethra(...prepare)
    expect(prepared.exitCode).toBe(0)
    await run()
    return prepared.stderr
  }
  const change = (how: 'connect' | 'disconnect', network: string) =>
    host.vethra('network', how, network, web)
  // From the host itself by its loopback, and from another machine: rules, routes and the way back are not the same.
  const answers = async () => {
    const get = ['busybox', 'timeout', '5', 'busybox', 'wget', '-q', '-O', '-']
    const pages = await Promise.all([
      host.run([...get, 'http://127.0.0.1:8080/']),
      host.run(['ip', 'netns', 'exec', 'out', ...get, 'http://198.51.100.1:8080/']),
    ])
    return pages.map(({ stdout }) => stdout)
  }
  const targets = async () => (await host.snapshot()).rules.flatMap((rule) => targetOf(rule))
  const port = async () => (await host.vethra('container', 'port', web)).stdout
  const findings = async (): Promise<readonly { Kind: string; Repair: string }[]> => {
    const found = JSON.parse((await host.vethra('doctor', '--format', 'json')).stdout)
    return found.filter(({ Severity }: { Severity: string }) => Severity === 'error')
  }

  it('move to the next network at once when the one that publishes them is left', async () => {
    await start('lan', 'back')
    expect(await answers()).toEqual(['page', 'page'])
    expect(await change('disconnect', 'lan')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await answers()).toEqual(['page', 'page'])
    expect(await targets()).toEqual(['10.4.2.2:80'])
    expect([await port(), await findings()]).toEqual(['80/tcp -> 0.0.0.0:8080', []])
    expect(await change('connect', 'lan')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await answers()).toEqual(['page', 'page'])
    expect(await change('disconnect', 'back')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await answers()).toEqual(['page', 'page'])
    expect(await targets()).toEqual([expect.stringMatching(/^10\.4\.1\.\d+:80$/)])
    await host.stop(web)
    await run()
    expect(await answers()).toEqual(['page', 'page'])
    await host.stop(web)
    expect(await targets()).toEqual([])
  })

  it('are said to answer, or why they do not', async () => {
    await start('lan')
    const rows = async () =>
      JSON.parse((await host.vethra('container', 'port', '--format', 'json', web)).stdout)
    const mapping = { ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0', HostPort: 8080 }
    expect(await rows()).toEqual([{ ...mapping, Answers: 'yes', Reason: '' }])
    const rule = 'PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.99.0.9:80'
    await host.run(['sh', '-c', `iptables -t nat -I ${rule}`])
    expect(await rows()).toEqual([{ ...mapping, Answers: 'unknown', Reason: 'led-elsewhere' }])
    const found = JSON.parse((await host.vethra('doctor', '--format', 'json')).stdout)
    expect(found.map(({ Kind }: { Kind: string }) => Kind)).toContain('ports-led-elsewhere')
    await host.run(['sh', '-c', `iptables -t nat -D ${rule}; nft flush ruleset`])
    expect(await rows()).toEqual([{ ...mapping, Answers: 'no', Reason: 'no-rule' }])
    expect(await host.vethra('container', 'port', web)).toMatchObject({
      stdout: '80/tcp -> 0.0.0.0:8080',
      stderr: expect.stringMatching(/^warning: 0\.0\.0\.0:8080 does not answer/),
    })
    await host.stop(web)
    expect(await rows()).toEqual([{ ...mapping, Answers: 'no', Reason: 'not-running' }])
  })

  it('are closed, and said to be, while no network can publish them, and open again after', async () => {
    await start('lan', 'inner')
    expect(await change('disconnect', 'lan')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^warning: .*8080/),
    })
    expect(await answers()).toEqual(['', ''])
    expect(await port()).toBe('')
    expect((await host.vethra('container', 'port', web, '80')).exitCode).toBe(1)
    const { Ports } = JSON.parse((await host.vethra('container', 'inspect', web)).stdout)
    expect(Ports).toEqual([])
    expect(await findings()).toMatchObject([{ Kind: 'ports-unpublished', Repair: '' }])
    expect(await change('connect', 'lan')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await answers()).toEqual(['page', 'page'])
    expect([await port(), await findings()]).toEqual(['80/tcp -> 0.0.0.0:8080', []])
  })

  it('go through the first network that can publish, whichever place it has', async () => {
    expect(await start('inner', 'lan')).toBe('')
    expect(await answers()).toEqual(['page', 'page'])
    expect([await port(), await findings()]).toEqual(['80/tcp -> 0.0.0.0:8080', []])
  })

  it('are published by the doctor where a disconnect was cut short', async () => {
    await start('lan', 'back')
    expect(await change('disconnect', 'lan')).toMatchObject({ exitCode: 0 })
    // As a kill leaves it between the two networks: nothing says that this one publishes, and nothing does.
    const entry = `/var/lib/cni/results/back-default-${web}-eth1`
    const script = `sed -i 's/"portMappings":\\[[^]]*\\]/"none":[]/' ${entry}; nft flush map inet vethra p4 || iptables -t nat -F CNI-HOSTPORT-DNAT`
    expect(await host.run(['sh', '-ec', script])).toMatchObject({ exitCode: 0 })
    expect(await answers()).toEqual(['', ''])
    expect(await findings()).toMatchObject([{ Kind: 'ports-unpublished' }])
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await answers()).toEqual(['page', 'page'])
    expect(await findings()).toEqual([])
  })
})

// By a rule of iptables, or by an element of map p4.
function targetOf(rule: string): readonly string[] {
  const [, target] = /--to-destination (\S+)$/.exec(rule) ?? []
  if (target !== undefined) return [target]
  const [, address, port] = /^p4 .*"concat":\["([\d.]+)",(\d+)\]\}\]$/.exec(rule) ?? []
  return address === undefined ? [] : [`${address}:${port}`]
}
