import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('what people type', () => {
  let host: Host
  let web: string
  beforeAll(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    for (const name of ['lan', 'back', 'unused']) await host.vethra('network', 'create', name)
    const bundle = await host.bundle(web, ['sleep', '600'])
    const prepare = ['bundle', 'prepare', bundle, '--id', web, '--name', 'shop']
    await host.vethra(...prepare, '--network', 'lan', '-p', '127.0.0.1:18080:80')
    expect((await host.start(bundle, web)).exitCode).toBe(0)
  })
  afterAll(() => host.close())

  const json = async (...args: readonly string[]) => {
    const ran = await host.vethra(...args)
    expect(ran, args.join(' ')).toMatchObject({ exitCode: 0, stderr: '' })
    return JSON.parse(ran.stdout)
  }

  it('a dry run prints the plan, and changes nothing', async () => {
    const before = await host.snapshot()
    const create = await json('network', 'create', '--dry-run', '--label', 'a=b', 'new')
    expect(create).toMatchObject({
      Name: 'new',
      ID: expect.stringMatching(/^[0-9a-f]{64}$/),
      File: '/etc/cni/net.d/nerdctl-new.conflist',
      ConfList: { name: 'new', nerdctlLabels: { a: 'b' } },
      Notes: [],
    })
    expect(await json('network', 'connect', '--dry-run', 'back', 'shop')).toMatchObject({
      Network: 'back',
      Container: web,
      Now: true,
      Interfaces: ['eth1'],
      Networks: ['lan', 'back'],
      Calls: expect.arrayContaining([
        expect.objectContaining({ type: 'bridge', operation: 'ADD', ifname: 'eth1' }),
      ]),
    })
    const leave = await json('network', 'disconnect', '--dry-run', 'lan', 'shop')
    expect(leave).toMatchObject({ Network: 'lan', Now: true, Interfaces: ['eth0'], Networks: [] })
    expect(leave.Calls.map(({ type }: { type: string }) => type).at(-1)).toBe('bridge')
    const unused = [
      { Name: 'back', File: '/etc/cni/net.d/nerdctl-back.conflist', Reservations: [] },
      { Name: 'unused', File: '/etc/cni/net.d/nerdctl-unused.conflist' },
    ]
    expect(await json('network', 'prune', '--dry-run')).toMatchObject(unused)
    expect(await json('network', 'rm', '--dry-run', 'unused')).toMatchObject(unused.slice(1))
    expect(await json('doctor', '--repair', '--dry-run', '--format', 'json')).toEqual([])
    // What cannot be is refused as without it.
    for (const refused of [
      ['create', '--dry-run', 'lan'],
      ['rm', '--dry-run', 'lan'],
      ['connect', '--dry-run', 'lan', 'shop'],
      ['disconnect', '--dry-run', 'back', 'shop'],
    ]) {
      const ran = await host.vethra('network', ...refused)
      expect(ran, refused.join(' ')).toMatchObject({ exitCode: 1, stdout: '' })
    }
    expect(await host.snapshot()).toEqual(before)
    expect((await host.vethra('network', 'ls', '-q')).stdout.split('\n')).toHaveLength(3)
  })

  it('network exists answers by its exit status, and rm --force takes a network that is missing', async () => {
    const exists = (name: string) => host.vethra('network', 'exists', name)
    expect(await exists('lan')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(await exists('none-such')).toMatchObject({ exitCode: 1, stdout: '', stderr: '' })
    await host.vethra('network', 'create', 'short')
    const removed = await host.vethra('network', 'rm', '-f', 'none-such', 'short')
    expect(removed).toMatchObject({ exitCode: 0, stdout: 'short', stderr: '' })
    expect((await host.vethra('network', 'rm', '-f', 'lan')).exitCode).toBe(1)
  })

  it('rm is remove, too, of networks, containers and bundles', async () => {
    for (const noun of ['network', 'container', 'bundle']) {
      const [short, long] = [
        await host.vethra(noun, 'rm', 'none'),
        await host.vethra(noun, 'remove', 'none'),
      ]
      expect(long).toEqual(short)
      expect(long).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('none') })
    }
  })

  it('listings are filtered, formatted and tabulated as in docker', async () => {
    const out = async (...args: readonly string[]) => (await host.vethra(...args)).stdout
    expect(
      await out('container', 'ls', '-a', '-q', '--no-trunc', '--filter', 'status=running'),
    ).toBe(web)
    expect(await out('container', 'ls', '-q', '--filter', 'network=back')).toBe('')
    const named = ['container', 'ls', '--filter', 'name=^shop$', '--format', '{{.ID}}']
    expect(await out(...named)).toBe(web)
    const planned = ['bundle', 'prepare', `${host.folder}/${web}`, '--id', 'new', '--dry-run']
    expect(await json(...planned, '--net', 'back')).toEqual(
      await json(...planned, '--network', 'back'),
    )
    const place = '{{range $n, $at := .Networks}}{{$n | upper}} {{$at.Interface}}{{end}} {{.State}}'
    expect(await out('container', 'inspect', '--format', place, web)).toBe('LAN eth0 running')
    const several = await host.vethra('container', 'inspect', '-f', '{{.Name}}', web, 'no', 'shop')
    expect(several).toMatchObject({ exitCode: 1, stdout: 'shop\nshop' })
    expect(await out('container', 'ps', '-q', '--no-trunc')).toBe(web)
    expect(await json('network', 'inspect', '-f', '', 'lan')).toHaveLength(1)
    expect(await json('container', 'inspect', '-f', '', web)).toMatchObject({ ID: web })
    const table = await out('network', 'ls', '--format', 'table {{.Name}}\\t{{.Driver}}')
    expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'DRIVER'],
      ...['back', 'lan', 'unused'].map((name) => [name, 'bridge']),
    ])
    const [shown] = await json('network', 'inspect', 'lan')
    expect(shown).toMatchObject({
      Driver: 'bridge',
      Internal: false,
      EnableIPv6: false,
      Options: {},
    })
    expect(Math.abs(Date.parse(shown.Created) - Date.now())).toBeLessThan(60_000)
    for (const command of [
      ['network', 'ls'],
      ['container', 'ls'],
      ['network', 'inspect', 'lan'],
    ]) {
      const ran = await host.vethra(...command, '--format', '{{.Nmae}}')
      expect(ran, command.join(' ')).toMatchObject({ exitCode: 2, stdout: '' })
      expect(ran.stderr).toContain('.Name')
    }
  })

  it('help, versions and mistyped commands are as expected', async () => {
    const version = await host.vethra('version')
    expect(await host.vethra('--version')).toEqual(version)
    expect(await host.vethra('-v')).toEqual(version)
    const removing = await host.vethra('container', 'rm', '-v', web)
    expect(removing).toMatchObject({ exitCode: 2, stdout: '' })
    const create = await host.vethra('network', 'create', '--help')
    expect(create.stdout).toContain('--data-root')
    expect(await host.vethra('help', 'network', 'create')).toEqual(create)
    expect(await host.vethra('help', 'help')).toEqual(await host.vethra('--help'))
    const mistyped = async (...words: readonly string[]) => {
      const { exitCode, stderr } = await host.vethra(...words)
      expect(exitCode, words.join(' ')).toBe(2)
      return /^ {2}hint: Did you mean "?([^"]*)"?\?$/m.exec(stderr)?.[1]
    }
    expect(await mistyped('network', 'creat')).toBe('vethra network create')
    expect(await mistyped('network', 'reload')).toBeUndefined()
    expect(await mistyped('contaner', 'ls')).toBe('vethra container')
    expect((await host.vethra('inspect', 'shop')).stderr).toContain(
      '"vethra network inspect" or "vethra container inspect"',
    )
    expect(await mistyped('connect', 'lan', 'shop')).toBe('vethra network connect')
    expect(await mistyped('rm', 'lan')).toBeUndefined()
    expect(await mistyped('network', 'create', '--subnt', '10.1.0.0/24', 'new')).toBe('--subnet')
  })

  it('a flag without a value takes true or false, as in docker, and the last one counts', async () => {
    const create = async (...flags: readonly string[]) =>
      (await json('network', 'create', '--dry-run', ...flags, 'new')).ConfList.plugins[0]
    const plain = await create()
    expect(await create('--internal=false', '--ipv6=false')).toEqual(plain)
    expect(await create('--internal', '--internal=false')).toEqual(plain)
    expect(await create('--internal=false', '--internal=true')).toEqual(await create('--internal'))
    expect((await create('--ipv6=true')).ipam.ranges).toHaveLength(2)
    for (const wrong of ['--internal=maybe', '--driver=true', '--dry-rub=true'])
      expect((await host.vethra('network', 'create', wrong, 'new')).exitCode, wrong).toBe(2)
    const quiet = await host.vethra('network', 'ls', '--quiet=true', '--no-trunc=false')
    expect(quiet.stdout.split('\n')).toContainEqual(expect.stringMatching(/^[0-9a-f]{12}$/))
  })

  it('an id or a name that no container can have is a wrong command line', async () => {
    const bundle = await host.bundle('unnamed', ['true'])
    for (const id of ['', 'a/b', '..', 'ünï', 'x'.repeat(300)]) {
      const ran = await host.vethra('bundle', 'prepare', bundle, '--id', id)
      expect(ran, id).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('hint: ') })
    }
    for (const argv of [
      ['bundle', 'rm', '../x'],
      ['container', 'inspect', ''],
    ])
      expect((await host.vethra(...argv)).exitCode, argv.join(' ')).toBe(2)
    for (const name of ['', 'a/b', '..', 'x y', 'x'.repeat(300)]) {
      const named = ['bundle', 'prepare', bundle, '--id', 'unnamed', '--name', name]
      for (const argv of [named, ['container', 'rename', web, name]]) {
        const ran = await host.vethra(...argv)
        expect(ran, name).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('hint: ') })
      }
    }
  })

  it('config show names each value and its source, info what is on the host', async () => {
    await host.run(['sh', '-c', 'mkdir -p /run/x; echo "plugin_timeout = 5" >/run/x/v.toml'])
    const env = { VETHRA_TOML: '/run/x/v.toml', NETCONFPATH: '/run/x/net.d' }
    const argv = ['--namespace', 'other', 'config', 'show', '--format', 'json']
    const ran = await host.run([executable, ...argv], { env })
    expect(JSON.parse(ran.stdout)).toEqual(
      expect.arrayContaining([
        { Key: 'namespace', Value: 'other', Source: 'flag', From: '--namespace' },
        { Key: 'cni_netconfpath', Value: '/run/x/net.d', Source: 'env', From: 'NETCONFPATH' },
        { Key: 'plugin_timeout', Value: 5, Source: 'toml', From: '/run/x/v.toml' },
        { Key: 'data_root', Value: '/var/lib/vethra', Source: 'default', From: '' },
      ]),
    )
    expect(await json('info', '--format', 'json')).toMatchObject({
      Version: (await host.vethra('version')).stdout,
      Paths: { ConfLists: '/etc/cni/net.d', Run: '/run/vethra' },
      Engine: { InProcess: true, Fault: '' },
      Features: { ForwardsIPv4: true },
      KernelFeatures: expect.arrayContaining([
        {
          ...{ Name: 'VLAN', Option: 'CONFIG_VLAN_8021Q', Module: '8021q' },
          ...{ State: expect.any(String), BlockedBy: expect.any(String) },
        },
      ]),
      Plugins: expect.arrayContaining([expect.objectContaining({ Name: 'bridge' })]),
    })
    expect((await host.vethra('info')).stdout).toMatch(/^Engine:$/m)
    // What this kernel lacks is told as its network is made; one that is blocked, on any kernel that has it as a module.
    await host.run(['mkdir', '-p', '/etc/modprobe.d'])
    await host.run(['sh', '-c', 'echo "install ipvlan /bin/false" >/etc/modprobe.d/own.conf'])
    const { KernelFeatures } = await json('info', '--format', 'json')
    const { State } = KernelFeatures.find(({ Name }: { Name: string }) => Name === 'ipvlan')
    const lacks = ['missing', 'blocked', 'off'].includes(State)
    await host.run(['ip', 'link', 'add', 'up0', 'type', 'bridge'])
    const made = await host.vethra('network', 'create', '-d', 'ipvlan', '-o', 'parent=up0', 'ipv')
    expect(made).toMatchObject({ exitCode: 0 })
    expect(/lacks ipvlan.*(CONFIG_IPVLAN|own\.conf)/.test(made.stderr)).toBe(lacks)
  })
})
