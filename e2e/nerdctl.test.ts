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
    const bundle = await host.bundle(id, ['sleep', '60'])
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
    expect(
      (await host.snapshot()).rules.filter((rule) => rule.includes('--dport 8080')),
    ).not.toEqual([])
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
    expect(
      (await host.snapshot()).rules.filter((rule) => rule.includes('--dport 8081')),
    ).not.toEqual([])
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
    ['nerdctl/ip', '10.4.0.2;CNI_COMMAND=DEL'],
  ])('with a hostile %s is refused by name before a plugin runs', async (key, value) => {
    const bundle = await made({ [key]: value })
    const ran = await host.start(bundle, id)
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toContain(key)
    const { links, files } = await host.snapshot()
    expect(links).toHaveLength(1)
    expect(files.filter((file) => /networks\/bridge\/\d|meta\.json|evil/.test(file))).toEqual([])
  })
})
