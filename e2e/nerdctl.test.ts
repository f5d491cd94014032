import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

describeOnHost('a bundle that nerdctl made', () => {
  let host: Host
  let id: string
  let folder: string

  beforeEach(async () => {
    host = await openHost()
    id = `${host.tag}${'0'.repeat(40)}`
    folder = `/var/lib/nerdctl/1935db59/containers/default/${id}`
  })

  afterEach(async () => {
    await host.close()
  })

  // What nerdctl leaves for its hook, with our executable in its place on its own hook line.
  async function made(
    annotations: Readonly<Record<string, string>>,
    networkConfig?: string,
  ): Promise<string> {
    const bundle = await host.bundle(id, ['sleep', '600'])
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    const hook = (event: string) => [
      {
        path: executable,
        args: ['nerdctl', '--debug', 'internal', 'oci-hook', event],
        env: [
          'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
          `CNI_PATH=${process.env['CNI_PATH'] || '/usr/lib/cni'}`,
        ],
      },
    ]
    config.hooks = { createRuntime: hook('createRuntime'), poststop: hook('postStop') }
    config.annotations = {
      'nerdctl/state-dir': folder,
      'nerdctl/namespace': 'default',
      'nerdctl/networks': '["bridge"]',
      'nerdctl/extraHosts': '["db:192.0.2.7"]',
      'nerdctl/hostname': id.slice(0, 12),
      'nerdctl/name': 'shop',
      'nerdctl/platform': 'linux/amd64',
      ...annotations,
    }
    await writeFile(`${bundle}/config.json`, JSON.stringify(config))
    await host.run(['mkdir', '-p', folder])
    await host.run(['mkdir', '-p', `/var/lib/nerdctl/1935db59/etchosts/default/${id}`])
    await host.run(['touch', `/var/lib/nerdctl/1935db59/etchosts/default/${id}/hosts`])
    if (networkConfig)
      await host.run(['sh', '-c', `cat > ${folder}/network-config.json`], { input: networkConfig })
    await host.vethra('network', 'create', '--subnet', '10.4.0.0/24', 'bridge')
    return bundle
  }

  const cat = async (file: string) => (await host.run(['cat', file])).stdout

  it('of 2.x runs with our hook in its place, ports from network-config.json', async () => {
    const bundle = await made(
      {},
      '{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}',
    )
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const meta = JSON.parse(await cat(`/var/lib/nerdctl/1935db59/etchosts/default/${id}/meta.json`))
    expect(meta).toMatchObject({ ID: id, Name: 'shop', ExtraHosts: { db: '192.0.2.7' } })
    expect(meta.Networks.bridge.ips[0].address).toBe('10.4.0.2/24')
    const hosts = await cat(`/var/lib/nerdctl/1935db59/etchosts/default/${id}/hosts`)
    expect(hosts).toMatch(/^10\.4\.0\.2 +.*shop/m)
    expect(hosts).toMatch(/^192\.0\.2\.7 +db/m)
    expect((await host.snapshot()).rules.filter((rule) => rule.includes('8080'))).not.toEqual([])
    expect(await cat('/var/lib/nerdctl/1935db59/names/default/shop')).toBe(id)
    expect((await host.stop(id)).exitCode).toBe(0)
    const after = await host.snapshot()
    expect(after.rules.filter((rule) => rule.includes(id))).toEqual([])
    expect(
      after.files.filter((file) => /meta\.json|names\/default|networks\/bridge\/\d/.test(file)),
    ).toEqual([])
  })

  it('of 1.x has its ports in an annotation', async () => {
    const bundle = await made({
      'nerdctl/ports':
        '[{"HostPort":8081,"ContainerPort":80,"Protocol":"tcp","HostIP":"127.0.0.1"}]',
      'nerdctl/extraHosts': 'null',
    })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await host.snapshot()).rules.filter((rule) => rule.includes('8081'))).not.toEqual([])
  })

  it('whose start failed keeps its name until it is removed, as its life cycle says', async () => {
    const bundle = await made({ 'nerdctl/networks': '["bridge","nowhere"]' })
    const state = { ociVersion: '1.0.2', id, status: 'stopped', pid: 0, bundle }
    const { annotations } = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    const postStop = () =>
      host.run([executable, 'internal', 'oci-hook', 'postStop'], {
        input: JSON.stringify({ ...state, annotations }),
      })
    expect((await host.start(bundle, id)).stderr).toContain('no such network: \\"nowhere\\"')
    // runc has called postStop by now, since the container was made; nerdctl still has it.
    expect(await cat('/var/lib/nerdctl/1935db59/names/default/shop')).toBe(id)
    expect(JSON.parse(await cat(`${folder}/lifecycle.json`)).create_error).toBe(false)
    expect(await postStop()).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cat('/var/lib/nerdctl/1935db59/names/default/shop')).toBe('')
  })

  it('whose name another took after a rename starts without one, and the log says so', async () => {
    const bundle = await made({})
    const names = '/var/lib/nerdctl/1935db59/names/default'
    await host.run(['sh', '-c', `mkdir -p ${names} && printf other > ${names}/shop`])
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cat(`${folder}/oci-hook.createRuntime.log`)).toContain(
      'warning: name "shop" is already used by ID "other"',
    )
    expect(await cat(`/var/lib/nerdctl/1935db59/etchosts/default/${id}/hosts`)).not.toMatch(/shop/)
    await host.stop(id)
    expect(await cat(`${names}/shop`)).toBe('other')
  })

  // As write-ups print it: the annotations of nerdctl 0.x and 1.x, its mounts, and the whole environment of
  // whoever made it.
  it('as it is printed in public runs unchanged', async () => {
    const store = '/var/lib/nerdctl/1935db59'
    const bundle = await made({
      'nerdctl/networks': '["bridge"]',
      'nerdctl/ports': '[{"HostPort":8082,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]',
      'nerdctl/extraHosts': 'null',
      'nerdctl/hostname': id.slice(0, 12),
      'nerdctl/name': 'nginx-3f9d2',
      'nerdctl/log-uri':
        'binary:///usr/local/bin/nerdctl?_NERDCTL_INTERNAL_LOGGING=%2Fvar%2Flib%2Fnerdctl%2F1935db59',
      'nerdctl/anonymous-volumes': '["e8f2f5b9"]',
      'nerdctl/mounts':
        '[{"Type":"bind","Source":"/srv","Destination":"/srv","Mode":"","RW":true}]',
      'nerdctl/ipc': '{"mode":"private"}',
      'nerdctl/auto-remove': 'false',
      'nerdctl/dns': '{"DNSServers":null,"DNSResolvConfOptions":null,"DNSSearchDomains":null}',
      'nerdctl/bypass4netns': 'false',
      'org.opencontainers.image.ref.name': 'docker.io/library/nginx:alpine',
    })
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    for (const [hook] of Object.values(config.hooks) as { env: string[] }[][]) {
      hook?.env.push(
        'HOME=/root',
        'LS_COLORS=rs=0:di=01;34',
        'SSH_CONNECTION=192.0.2.1 22',
        'SECRET=1',
      )
      hook?.env.push(`PATH=${process.env['PATH']}:/usr/sbin:/sbin`)
    }
    config.mounts.push({
      destination: '/etc/hosts',
      type: 'bind',
      source: `${store}/etchosts/default/${id}/hosts`,
      options: ['bind', 'rprivate'],
    })
    await writeFile(`${bundle}/config.json`, JSON.stringify(config))
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await host.runc('exec', id, 'cat', '/etc/hosts')).stdout).toMatch(
      new RegExp(`^10\\.4\\.0\\.2 +${id.slice(0, 12)} nginx-3f9d2`, 'm'),
    )
    const { rules, processes } = await host.snapshot()
    expect(rules.filter((rule) => rule.includes('8082'))).not.toEqual([])
    expect(processes).toEqual([expect.stringContaining(`port-holder default-${id} `)])
    await host.stop(id)
    expect((await host.snapshot()).processes).toEqual([])
  })

  it.each([
    ['nerdctl/state-dir', '/etc'],
    ['nerdctl/pid-file', '/etc/pid'],
    ['nerdctl/network-namespace', '/proc/1/ns/net'],
    ['nerdctl/namespace', '../../etc'],
    ['nerdctl/networks', '["bridge\\n10.0.0.1 evil"]'],
    ['nerdctl/networks', '{"a":1}'],
    ['nerdctl/name', 'a\n127.0.0.1 evil'],
    ['nerdctl/hostname', 'x'.repeat(1_000_000)],
    ['nerdctl/extraHosts', '["a:1.2.3.4\\n6.6.6.6 evil"]'],
    ['nerdctl/ports', '[{"HostPort":"x"}]'],
    ['nerdctl/ports', '['.repeat(50_000)],
    ['nerdctl/networks', '['.repeat(50_000)],
    ['nerdctl/ip', '10.4.0.2;CNI_COMMAND=DEL'],
    ['nerdctl/ip6', 'fd00::1%eth0\nx'],
    ['nerdctl/mac-address', '02:42:0a:04:00:07;x=y'],
    ['nerdctl/domainname', '../..'],
  ])('with a hostile %s is refused by name before a plugin runs', async (key, value) => {
    const bundle = await made({ [key]: value })
    const ran = await host.start(bundle, id)
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toContain(key)
    expect(await cat(`${folder}/oci-hook.createRuntime.log`)).toContain(key)
    const { links, files } = await host.snapshot()
    expect(links).toHaveLength(1)
    expect(files.filter((file) => /networks\/bridge\/\d|meta\.json|evil/.test(file))).toEqual([])
  })
  it.each([
    {},
    { 'nerdctl/namespace': 'of-an-image' },
    { 'nerdctl/namespace': 'of an image' },
    { 'nerdctl/namespace': 'x'.repeat(250) },
    { 'nerdctl/namespace': '..' },
    { 'nerdctl/namespace': 'other', 'nerdctl/state-dir': '/var/lib/nerdctl/1935db59/containers/x' },
    { 'nerdctl/namespace': 'default', 'nerdctl/networks': '["bridge"]', 'nerdctl/state-dir': '/x' },
  ])('of a container that nobody has made here, %j leave nothing', async (annotations) => {
    const folders = async () => (await host.run(['find', '/var/lib', '/run'])).stdout
    const before = await folders()
    for (const event of ['createRuntime', 'postStop']) {
      const state = { ociVersion: '1.0.2', id, status: 'created', pid: process.pid, bundle: '/' }
      const line = [executable, 'internal', 'oci-hook', event]
      const ran = await host.run(line, { input: JSON.stringify({ ...state, annotations }) })
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('annotation') })
    }
    expect(await folders()).toBe(before)
  })
})
