import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('vethra cni', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
    await host.run(['ip', 'netns', 'add', 'blue'])
  })

  afterEach(async () => {
    await host.run(['ip', 'netns', 'del', 'blue'])
    await host.close()
  })

  const conf = (name: string, text: string) =>
    host.run(['sh', '-c', `mkdir -p /etc/cni/net.d; cat > /etc/cni/net.d/${name}`], { input: text })
  const bridge = JSON.stringify({
    cniVersion: '0.4.0',
    name: 'tutorial',
    type: 'bridge',
    bridge: 'cni0',
    isDefaultGateway: true,
    ipam: { type: 'host-local', subnet: '10.22.0.0/16' },
  })

  it('attaches and detaches by a hand-made single-plugin file, as the tutorials have it', async () => {
    await conf('10-tutorial.conf', bridge)
    const before = await host.snapshot()
    const added = await host.vethra('cni', 'add', 'tutorial', '/run/netns/blue')
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(added.stdout)).toMatchObject({
      cniVersion: '0.4.0',
      ips: [{ version: '4', address: '10.22.0.2/16', gateway: '10.22.0.1' }],
    })
    const ping = await host.run([
      'ip',
      'netns',
      'exec',
      'blue',
      'busybox',
      'ping',
      '-c',
      '1',
      '-W',
      '2',
      '10.22.0.1',
    ])
    expect(ping.stdout).toMatch(/1 packets received/)
    const loopback = await host.run(['ip', '-n', 'blue', '-j', 'addr', 'show', 'lo'])
    expect(JSON.parse(loopback.stdout)[0].flags).toContain('UP')
    expect(await host.vethra('cni', 'del', 'tutorial', '/run/netns/blue')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    const after = await host.snapshot()
    expect(after.rules).toEqual(before.rules)
    expect(after.files.filter((file) => /networks\/tutorial\/\d|results\//.test(file))).toEqual([])
  })

  it('at debug level tells each step of ADD and DEL in its order, with its milliseconds', async () => {
    await host.vethra('network', 'create', 'lan')
    const steps = async (operation: string) => {
      const debug = ['--log-level', 'debug', 'cni', operation, 'lan', '/run/netns/blue']
      const { stderr } = await host.vethra(...debug)
      const names = [...stderr.matchAll(/debug: (.*) \d+ ms$/gm)].map(([, name = '']) => name)
      return names.map((name) => name.replace(/(lock of) .*/, '$1 it'))
    }
    expect(await steps('add')).toEqual([
      'read the network',
      'check the interface',
      'bring lo up',
      'wait for the lock of it',
      'remove what is left in lan',
      'ADD of lan',
      'look at the namespace again',
      'flush records and cache',
      'write the events',
    ])
    expect(await steps('del')).toEqual([
      'wait for the lock of it',
      'DEL of lan',
      'remove what is left in lan',
      'remove left rules',
      'remove the record of lan',
    ])
  })

  it('publishes ports from CAP_ARGS, and takes CNI_IFNAME', async () => {
    await host.vethra('network', 'create', 'lan')
    const env = {
      CAP_ARGS: '{"portMappings":[{"hostPort":8081,"containerPort":80,"protocol":"tcp"}]}',
      CNI_IFNAME: 'net7',
    }
    const vethra = (...args: readonly string[]) =>
      host.run(
        [
          process.env['VETHRA_TEST_EXECUTABLE'] ??
            new URL('../dist/vethra', import.meta.url).pathname,
          ...args,
        ],
        { env },
      )
    expect(await vethra('cni', 'add', 'lan', '/run/netns/blue')).toMatchObject({ exitCode: 0 })
    expect((await host.run(['ip', '-n', 'blue', 'link', 'show', 'net7'])).exitCode).toBe(0)
    const { rules } = await host.snapshot()
    expect(rules.filter((rule) => rule.includes('8081'))).not.toEqual([])
    expect(await vethra('cni', 'del', 'lan', '/run/netns/blue')).toMatchObject({ exitCode: 0 })
    expect((await host.snapshot()).rules.filter((rule) => rule.includes('8081'))).toEqual([])
  })

  it('refuses a name that is not made as it is, and leaves nothing', async () => {
    await host.vethra('network', 'create', 'lan')
    const links = () => host.run(['ip', '-n', 'blue', '-o', 'link', 'show', 'type', 'veth'])
    const [before, inside] = [await host.snapshot(), await links()]
    for (const [way, CNI_IFNAME] of [
      ['native', 'é0'],
      ['exec', 'eth%d'],
    ] as const) {
      const argv = [executable, '--plugins', way, 'cni', 'add', 'lan', '/run/netns/blue']
      const refused = await host.run(argv, { env: { CNI_IFNAME } })
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
      expect(refused.stderr).toMatch(/^error: .*(é0|eth%d) \(CNI code 4\)\n {2}hint: /)
      expect([await host.snapshot(), await links()]).toEqual([before, inside])
    }
  })

  it('releases the address in a DEL for a name beyond ASCII, and with a file in CNI_PATH', async () => {
    const ipam = { type: 'host-local', subnet: '10.44.0.0/24' }
    const conf = { cniVersion: '1.0.0', name: 'odd', type: 'bridge', ipam }
    for (const odd of [{ CNI_IFNAME: 'é0' }, { CNI_PATH: '/etc/passwd' }]) {
      const env = {
        ...{ CNI_CONTAINERID: 'one', CNI_NETNS: '/run/netns/blue', CNI_IFNAME: 'eth0' },
        ...odd,
      }
      const call = (type: string, command: string) =>
        host.run([executable, 'plugin', type], {
          env: { ...env, CNI_COMMAND: command },
          input: JSON.stringify(conf),
        })
      expect(await call('host-local', 'ADD')).toMatchObject({ exitCode: 0 })
      expect(await call('bridge', 'DEL')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
      const { stdout } = await host.run(['ls', '/var/lib/cni/networks/odd'])
      expect(stdout).toBe('last_reserved_ip.0\nlock')
    }
  })

  it('detaches after the namespace and the conf list have gone, and nothing is left', async () => {
    await host.vethra('network', 'create', 'lan')
    await host.vethra('cni', 'add', 'lan', '/run/netns/blue')
    await host.run(['ip', 'netns', 'del', 'blue'])
    await host.run(['rm', '/etc/cni/net.d/nerdctl-lan.conflist'])
    expect(await host.vethra('cni', 'del', 'lan', '/run/netns/blue')).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    const { rules, files } = await host.snapshot()
    expect(rules.filter((rule) => rule.includes('cnitool-'))).toEqual([])
    expect(files.filter((file) => /networks\/lan\/\d|results\//.test(file))).toEqual([])
    await host.run(['ip', 'netns', 'add', 'blue'])
  })

  it.each([
    [
      ['cni', 'add', 'nowhere', '/run/netns/blue'],
      1,
      'no net configuration with name "nowhere" in /etc/cni/net.d',
    ],
    [['cni', 'add', 'tutorial', '/etc/passwd'], 1, '/etc/passwd'],
    [['cni', 'add', 'tutorial'], 2, "missing required argument 'netns'"],
    [['cni', 'bogus'], 2, 'unknown command'],
  ])('%j fails with status %i', async (args, exitCode, said) => {
    await conf('10-tutorial.conf', bridge)
    const ran = await host.vethra(...args)
    expect(ran).toMatchObject({ exitCode, stderr: expect.stringContaining(said) })
    expect((await host.snapshot()).links).toHaveLength(1)
  })
})
