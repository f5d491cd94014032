import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, untilAsleep } from './host.ts'

describeOnHost('the state that a container is shown in', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  async function started(name: string, ...flags: readonly string[]): Promise<string> {
    const id = `${name}-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const prepare = ['bundle', 'prepare', bundle, '--id', id, ...flags]
    expect(await host.vethra(...prepare)).toMatchObject({ exitCode: 0 })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    return id
  }

  const states = async () => {
    const ran = await host.vethra('container', 'ls', '--format', 'json')
    const rows = JSON.parse(ran.stdout) as { ID: string; State: string }[]
    return Object.fromEntries(rows.map(({ ID, State }) => [ID, State]))
  }

  it('follows its process in every mode, killed without a postStop too', async () => {
    await host.run(['ip', 'netns', 'add', 'blue'])
    const web = await started('web')
    const all = [
      web,
      await started('beside', '--network', `container:${web}`),
      await started('open', '--network', 'host', '--uts', 'host'),
      await started('none', '--network', 'none'),
      await started('joining', '--network', 'ns:/run/netns/blue'),
    ]
    const every = (state: string) => Object.fromEntries(all.map((id) => [id, state]))
    expect(await states()).toEqual(every('running'))
    await host.runc('pause', web)
    expect(await states()).toEqual({ ...every('running'), [web]: 'paused' })
    const filtered = await host.vethra('container', 'ls', '-q', '--filter', 'status=paused')
    expect(filtered.stdout).toBe(web.slice(0, 12))
    await host.runc('resume', web)
    for (const id of all) {
      const { pid } = JSON.parse((await host.runc('state', id)).stdout)
      await host.run(['kill', '-9', String(pid)])
      await expect
        .poll(async () => (await host.run(['cat', `/proc/${pid}/stat`])).stdout)
        .not.toMatch(/\) [^ZX]/)
    }
    expect(await states()).toEqual({ ...every('stopped'), [web]: 'dead' })
    for (const id of all) await host.stop(id)
    expect(await states()).toEqual(every('stopped'))
  })

  const id = 'ab'.repeat(32)
  const other = 'cd'.repeat(32)
  const store = '/var/lib/nerdctl/1935db59'
  const task = `/run/containerd/runc/default/${id}`
  const put = async (file: string, text: string) => {
    await host.run(['mkdir', '-p', file.slice(0, file.lastIndexOf('/'))])
    await host.run(['tee', file], { input: text })
  }
  const nerdctls = (...args: readonly string[]) =>
    host.run([executable, '--data-root', '/var/lib/nerdctl', 'container', ...args])
  const rows = async () => {
    const ran = await nerdctls('ls', '--format', 'json')
    expect(ran.exitCode).toBe(0)
    return (JSON.parse(ran.stdout) as { ID: string; State: string; Ports: string }[]).map(
      (each) => [each.ID, each.State, each.Ports],
    )
  }

  // What nerdctl 2.3 and its runc leave of a container that they started by their own hook.
  async function made(which: string): Promise<void> {
    const folder = `${store}/containers/default/${which}`
    await put(
      `${folder}/lifecycle.json`,
      '{"started_at":"2026-01-02T03:04:05Z","create_error":false}',
    )
    await put(
      `${folder}/network-config.json`,
      '{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]}',
    )
    await put(
      `${store}/etchosts/default/${which}/meta.json`,
      `{"ID":"${which}","Networks":{"bridge":{"cniVersion":"1.0.0","ips":[{"address":"10.4.0.2/24"}]}},"Hostname":"h","Name":"shop-${which[0]}"}`,
    )
  }

  async function living(): Promise<{ pid: number; start: number }> {
    const { stdout } = await host.run([
      'sh',
      '-c',
      // Before it is sleep(1), it may be in the namespace of the host.
      `unshare -n sleep 600 >/dev/null 2>&1 & ${untilAsleep}; echo $!`,
    ])
    const stat = (await host.run(['cat', `/proc/${stdout}/stat`])).stdout
    return { pid: Number(stdout), start: Number(stat.split(') ')[1]?.split(' ')[19]) }
  }

  it('is that of its task for one that nerdctl runs, and its ports are shown', async () => {
    await made(id)
    const { pid, start } = await living()
    try {
      expect(await rows()).toEqual([[id, 'stopped', '0.0.0.0:8080->80/tcp']])
      const state = (at: number) =>
        JSON.stringify({ id, init_process_pid: pid, init_process_start: at, config: {} })
      await put(`${task}/state.json`, state(start))
      expect(await rows()).toEqual([[id, 'running', '0.0.0.0:8080->80/tcp']])
      expect((await nerdctls('port', id)).stdout).toBe('80/tcp -> 0.0.0.0:8080')
      expect(JSON.parse((await nerdctls('inspect', id)).stdout)).toMatchObject({
        State: 'running',
        Ports: [{ HostPort: 8080 }],
      })
      // It lives: its files are not ours to remove.
      const removed = await host.run([
        executable,
        '--data-root',
        '/var/lib/nerdctl',
        'bundle',
        'rm',
        id,
      ])
      expect(removed.exitCode).toBe(1)
      expect(await rows()).toEqual([[id, 'running', '0.0.0.0:8080->80/tcp']])
      // Another process has its number by now.
      await put(`${task}/state.json`, state(start + 1))
      expect(await rows()).toEqual([[id, 'stopped', '0.0.0.0:8080->80/tcp']])
    } finally {
      await host.run(['kill', '-9', String(pid)])
    }
  })

  // As libcni 1.3 writes it for nerdctl 2.3.5; 1.7.7 leaves the namespace and `cniArgs` out.
  const cached = (which: string, pid: number, conf: string, is: '1.x' | '2.x') =>
    JSON.stringify({
      kind: 'cniCacheV1',
      containerId: `default-${which}`,
      config: Buffer.from(conf).toString('base64'),
      ifName: 'eth0',
      networkName: 'bridge',
      ...(is === '2.x'
        ? {
            netns: `/proc/${pid}/ns/net`,
            cniArgs: [
              ['IgnoreUnknown', '1'],
              ['NERDCTL_CNI_DHCP_HOSTNAME', which.slice(0, 12)],
            ],
          }
        : {}),
      capabilityArgs: {
        portMappings: [{ HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '0.0.0.0' }],
      },
      result: {
        cniVersion: '1.0.0',
        interfaces: [
          { mac: '82:71:60:15:41:0a', name: 'nerdctl0' },
          { mac: 'b6:70:6f:9d:ba:57', name: 'vethcae46c9a' },
          { mac: '02:16:16:01:63:e3', name: 'eth0', sandbox: `/proc/${pid}/ns/net` },
        ],
        ips: [{ address: '10.4.0.2/24', gateway: '10.4.0.1', interface: 2 }],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    })

  it.each(['2.x', '1.x'] as const)(
    'is told by the cache of results where nerdctl %s has a data store of its own, and nothing of it is changed',
    async (is) => {
      const json = async (...args: readonly string[]) =>
        JSON.parse((await host.vethra(...args)).stdout || '[]')
      const row = { ID: id, Name: 'shop-a', Networks: ['bridge'], Ports: '0.0.0.0:8080->80/tcp' }
      await made(id)
      if (is === '1.x') await host.run(['sh', '-c', `rm ${store}/containers/default/${id}/*.json`])
      await host.vethra('network', 'create', '--subnet', '10.4.0.0/24', 'bridge')
      const conf = (await host.run(['cat', '/etc/cni/net.d/nerdctl-bridge.conflist'])).stdout
      const { pid } = await living()
      const inside = `ip link add eth0 address 02:16:16:01:63:e3 type bridge; ip addr add 10.4.0.2/24 dev eth0`
      await host.run(['nsenter', '-t', String(pid), '-n', 'sh', '-c', inside])
      await put(`/var/lib/cni/results/bridge-default-${id}-eth0`, cached(id, pid, conf, is))
      await put(`/var/lib/cni/networks/bridge/10.4.0.2`, `default-${id}\r\neth0`)
      const files = async () =>
        (
          await host.run([
            'sh',
            '-c',
            `find ${store} /var/lib/cni/results /var/lib/cni/networks/bridge/1* -type f | sort | xargs md5sum`,
          ])
        ).stdout
      const before = await files()
      const shown = async () => json('container', 'ls', '--format', 'json')
      try {
        expect(await shown()).toEqual([{ ...row, Addresses: ['10.4.0.2/24'], State: 'running' }])
        expect((await json('network', 'inspect', 'bridge'))[0].Containers).toMatchObject({
          [id]: { Name: 'shop-a', IPv4Address: '10.4.0.2/24' },
        })
        for (const args of [
          ['container', 'rm', 'shop-a'],
          ['container', 'rename', 'shop-a', 'x'],
          ['network', 'rm', 'bridge'],
        ])
          expect(await host.vethra(...args)).toMatchObject({
            exitCode: 1,
            stderr: expect.stringMatching(/shop-a|another program/),
          })
        await host.vethra('doctor', '--repair')
        await host.vethra('network', 'prune', '-f')
      } finally {
        await host.run(['kill', '-9', String(pid)])
      }
      await expect.poll(shown).toEqual([{ ...row, Addresses: ['10.4.0.2/24'], State: 'dead' }])
      for (const root of ['/var/lib/vethra', '/var/lib/nerdctl'])
        await host.run([executable, '--data-root', root, 'doctor', '--repair'])
      expect(await files()).toBe(before)
      // In the one that both share, too; and nerdctl 2 detaches as it stops, but keeps its files.
      expect(await rows()).toEqual([[id, 'dead', row.Ports]])
      expect((await nerdctls('rm', id)).exitCode).toBe(1)
      await host.run(['rm', '-r', '/var/lib/cni/results', '/var/lib/cni/networks/bridge'])
      const [stopped] = JSON.parse((await nerdctls('ls', '--format', 'json')).stdout)
      expect(stopped).toMatchObject({ ID: id, State: 'stopped', Addresses: [] })
      const nerdctlRoot = [executable, '--data-root', '/var/lib/nerdctl', 'doctor']
      const found = await host.run([...nerdctlRoot, '--format', 'json'])
      // The state of hosts in tests lies on tmpfs.
      expect(JSON.parse(found.stdout).map(({ Kind }: { Kind: string }) => Kind)).toEqual([
        'wrong-file-system',
      ])
    },
  )

  it('is left alone by bundle prepare, which refuses the id of a container that nerdctl started', async () => {
    await made(id)
    const bundle = await host.bundle('other', ['sleep', '600'])
    const files = async () =>
      (await host.run(['sh', '-c', `find ${store} -type f | sort | xargs md5sum`])).stdout
    const before = await files()
    const prepare = ['--data-root', '/var/lib/nerdctl', 'bundle', 'prepare', bundle, '--id', id]
    expect(await host.run([executable, ...prepare])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('code 102'),
    })
    expect(await files()).toBe(before)
    // One that was never started: a run that fails takes nothing away that was there before.
    await host.run(['rm', `${store}/containers/default/${id}/lifecycle.json`])
    await host.run(['mkdir', `${store}/containers/default/${id}/hostname`])
    expect((await host.run([executable, ...prepare])).exitCode).toBe(1)
    expect(await files()).toContain('meta.json')
  })

  it('is that of its task where containerd runs it by crun', async () => {
    await made(id)
    const { pid, start } = await living()
    try {
      // As crun 1.8 writes it.
      const status = (at: number) => JSON.stringify({ pid, 'process-start-time': at, rootfs: 'r' })
      await put(`${task}/status`, status(start))
      expect(await rows()).toEqual([[id, 'running', '0.0.0.0:8080->80/tcp']])
      await put(`${task}/status`, status(start + 1))
      expect(await rows()).toEqual([[id, 'stopped', '0.0.0.0:8080->80/tcp']])
    } finally {
      await host.run(['kill', '-9', String(pid)])
    }
  })

  it.each([
    ['nothing', 'printf "" >FILE'],
    ['garbage', 'printf "{{" >FILE'],
    ['another shape', `echo '{"init_process_pid":"1","portMappings":[{"HostPort":"x"}]}' >FILE`],
    ['too many levels', 'for i in 1 2 3 4 5 6 7 8; do printf "%5000s" | tr " " "["; done >FILE'],
    ['a FIFO', 'mkfifo FILE'],
    ['a folder', 'mkdir FILE'],
    ['no end', 'ln -s /dev/zero FILE'],
    ['64 MiB', 'truncate -s 64M FILE'],
  ])('is told where a file of another container holds %s', async (_what, command) => {
    await made(id)
    await made(other)
    const { pid, start } = await living()
    try {
      await put(
        `${task}/state.json`,
        JSON.stringify({ init_process_pid: pid, init_process_start: start }),
      )
      const broken = [
        `${store}/containers/default/${other}/network-config.json`,
        `/run/containerd/runc/default/${other}/state.json`,
      ]
      for (const file of broken) {
        await put(file, '')
        await host.run(['rm', file])
        await host.run(['sh', '-c', command.replaceAll('FILE', file)])
      }
      expect(await rows()).toEqual([
        [id, 'running', '0.0.0.0:8080->80/tcp'],
        [other, 'stopped', ''],
      ])
    } finally {
      await host.run(['kill', '-9', String(pid)])
    }
  })
})
