import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'

describeOnHost('vethra container', () => {
  let host: Host
  let id: string

  beforeEach(async () => {
    host = await openHost()
    id = `web-${host.tag}`
  })

  afterEach(async () => {
    await host.close()
  })

  const list = async () =>
    JSON.parse((await host.vethra('container', 'ls', '--format', 'json')).stdout)

  it.each(['{', '', '{"version":1}', '\0\0\0\0'])(
    'a container whose files hold %j hides no other, and keeps no network and no port of others',
    async (text) => {
      await host.vethra('network', 'create', 'lan')
      await host.vethra('network', 'create', 'unused')
      const prepare = async (name: string, ...more: readonly string[]) => {
        const bundle = await host.bundle(`${name}-${host.tag}`, ['sleep', '600'])
        const flags = ['--id', `${name}-${host.tag}`, '--network', 'lan', ...more]
        return host.vethra('bundle', 'prepare', bundle, ...flags)
      }
      for (const name of ['web', 'bad']) expect((await prepare(name)).exitCode).toBe(0)
      const [folder = ''] = (
        await host.run(['sh', '-c', `ls -d /var/lib/vethra/*/containers/default/bad-*`])
      ).stdout.split('\n')
      for (const file of ['vethra.json', 'lifecycle.json']) {
        await host.run([
          'sh',
          '-c',
          `printf '${text.replaceAll('\0', '\\000')}' > ${folder}/${file}`,
        ])
      }
      expect((await list()).map(({ ID }: { ID: string }) => ID)).toEqual([`bad-${host.tag}`, id])
      expect((await host.vethra('network', 'ls')).exitCode).toBe(0)
      expect((await host.vethra('network', 'rm', 'unused')).exitCode).toBe(0)
      expect((await prepare('next', '-p', '80')).exitCode).toBe(0)
    },
  )

  it('tells of a container from its preparation to its end', async () => {
    await host.vethra('network', 'create', 'lan')
    const bundle = await host.bundle(id, ['sleep', '600'])
    await host.vethra(
      'bundle',
      'prepare',
      bundle,
      '--id',
      id,
      '--name',
      'web',
      '--network',
      'lan',
      '-p',
      '8080:80',
    )
    expect(await list()).toMatchObject([
      { ID: id, Name: 'web', Networks: ['lan'], State: 'prepared' },
    ])
    expect((await host.start(bundle, id)).exitCode).toBe(0)
    expect(await list()).toMatchObject([
      { State: 'running', Addresses: ['10.4.1.2/24'], Ports: '0.0.0.0:8080->80/tcp' },
    ])
    const inspected = JSON.parse((await host.vethra('container', 'inspect', 'web')).stdout)
    expect(inspected).toMatchObject({
      ID: id,
      Name: 'web',
      Namespace: 'default',
      Hostname: id.slice(0, 12),
      Networks: { lan: { Interface: 'eth0', Addresses: ['10.4.1.2/24'], Gateways: ['10.4.1.1'] } },
      Ports: [{ HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0' }],
      State: 'running',
    })
    expect((await host.run(['cat', inspected.HostsPath])).stdout).toContain('10.4.1.2')
    const folder = inspected.HostnamePath.replace(/hostname$/, '')
    // As nerdctl keeps it, so that it reads ours.
    expect((await host.run(['cat', `${folder}network-config.json`])).stdout).toBe(
      '{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}',
    )
    expect((await host.vethra('container', 'port', 'web')).stdout).toBe('80/tcp -> 0.0.0.0:8080')
    expect((await host.vethra('container', 'port', 'web', '80')).stdout).toBe('0.0.0.0:8080')
    expect((await host.vethra('container', 'port', 'web', '81')).exitCode).toBe(1)
    const answer = await host.vethra(
      'container',
      'port',
      '--format',
      '{{.Answers}} {{.Reason}}',
      'web',
    )
    expect(answer.stdout).toBe('no not-listening')
    expect((await host.stop(id)).exitCode).toBe(0)
    expect(await list()).toMatchObject([{ State: 'stopped' }])
    expect((await host.vethra('container', 'rm', 'web')).exitCode).toBe(0)
    expect(await list()).toEqual([])
  })

  it('rename changes the name for peers and for the next start, and frees the old one', async () => {
    const bundle = await host.bundle(id, ['sleep', '600'])
    const peer = `peer-${host.tag}`
    const peerBundle = await host.bundle(peer, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', id, '--name', 'peer')
    await host.vethra('bundle', 'prepare', bundle, '--id', id, '--name', 'old')
    const prepared = ['bundle', 'prepare', peerBundle, '--id', peer, '--name', 'peer']
    expect(await host.vethra(...prepared)).toMatchObject({ exitCode: 0, stderr: '' })
    await host.start(bundle, id)
    await host.start(peerBundle, peer)
    expect((await host.vethra('container', 'rename', 'old', 'new')).exitCode).toBe(0)
    const hosts = (await host.runc('exec', peer, 'cat', '/etc/hosts')).stdout
    expect(hosts).toMatch(/ new/)
    expect(hosts).not.toMatch(/ old/)
    await host.stop(id)
    await host.start(bundle, id)
    expect((await host.runc('exec', peer, 'cat', '/etc/hosts')).stdout).toMatch(/ new/)
    expect(await host.vethra('container', 'rename', 'new', 'peer')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`name "peer" is already used by ID "${peer}"`),
    })
  })
})

describeOnHost('vethra network prune', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  it('removes what nobody uses, asks first, and keeps networks of prepared containers', async () => {
    const bundle = await host.bundle('web', ['sleep', '600'])
    for (const name of ['used', 'idle', 'other']) await host.vethra('network', 'create', name)
    await host.vethra('bundle', 'prepare', bundle, '--id', `web-${host.tag}`, '--network', 'used')
    expect(await host.vethra('network', 'prune')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('idle, other'),
    })
    expect(await host.vethra('network', 'prune', '-f', '--filter', 'name=^idle$')).toMatchObject({
      exitCode: 0,
      stdout: 'idle',
    })
    expect((await host.vethra('network', 'prune', '-f')).stdout).toBe('other')
    const left = JSON.parse((await host.vethra('network', 'ls', '--format', 'json')).stdout)
    expect(left.map(({ Name }: { Name: string }) => Name)).toEqual(['used'])
  })

  it('looks at the containers of every namespace, and takes what all share from default alone', async () => {
    const other = (...args: readonly string[]) => host.vethra('-n', 'other', ...args)
    const bundle = await host.bundle('web', ['sleep', '600'])
    for (const name of ['wanted', 'idle']) await host.vethra('network', 'create', name)
    for (const name of ['own', 'own-idle']) await other('network', 'create', name)
    const networks = ['--network', 'wanted', '--network', 'own']
    await other('bundle', 'prepare', bundle, '--id', host.tag, ...networks)
    expect((await other('network', 'prune', '-f')).stdout).toBe('own-idle')
    expect((await host.vethra('network', 'prune', '-f')).stdout).toBe('idle')
    const left = JSON.parse((await other('network', 'ls', '--format', 'json')).stdout)
    expect(left.map(({ Name }: { Name: string }) => Name).sort()).toEqual(['own', 'wanted'])
  })
})
