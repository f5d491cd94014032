import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Containerd, startContainerd } from './containerd.ts'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, plugins } from './host.ts'
import { importImage, makeImage, type Pods, podImage, podsOf } from './pods.ts'
import { type RunningDaemon, startDaemon } from './running-daemon.ts'

// Two containerds of one host, as where k3s runs beside another: one has Debian's plugins, the other our set.
describeOnHost("pods of Debian's containerd, by CRI as kubelet calls it", () => {
  let host: Host
  let daemon: RunningDaemon
  let image: string
  const sets = { theirs: plugins, ours: '' }
  const runtimes: Record<string, { containerd: Containerd; pods: Pods }> = {}

  beforeAll(async () => {
    host = await openHost()
    sets.ours = `${host.folder}/bin`
    expect(await host.vethra('plugin', 'install', sets.ours)).toMatchObject({ exitCode: 0 })
    expect(await host.vethra('network', 'create', 'lan')).toMatchObject({ exitCode: 0 })
    daemon = await startDaemon(host)
    image = await makeImage(host)
    for (const [name, bin] of Object.entries(sets)) {
      const started = await start(name, bin)
      runtimes[name] = started
      await importImage(host, started.containerd, image)
    }
  })

  afterAll(async () => {
    for (const { containerd, pods } of Object.values(runtimes)) {
      await pods.removeAll()
      // By TERM it would take a second or two, and nothing of it is kept.
      await containerd.stop('KILL')
    }
    await daemon.end()
    await host.close()
  })

  const start = async (name: string, bin: string) => {
    const options = { folder: `cri-${name}`, pauseImage: podImage, networks: 1 }
    const containerd = await startContainerd(host, bin, options)
    return { containerd, pods: podsOf(containerd) }
  }
  const of = (name: string) => {
    const found = runtimes[name]
    if (found === undefined) throw new Error(`no containerd ${name}`)
    return found
  }
  const json = async (...args: readonly string[]) =>
    JSON.parse((await host.vethra(...args)).stdout || '[]')
  const listed = (...global: readonly string[]) =>
    json(...global, 'container', 'ls', '--format', 'json')
  const inside = async () => (await json('network', 'inspect', 'lan'))[0].Containers
  const marks = async (id: string) =>
    (await host.snapshot()).rules.filter((each) => each.includes(id))
  // The state of hosts in tests lies on tmpfs.
  const kinds = async () =>
    (await json('doctor', '--format', 'json'))
      .map((each: { Kind: string }) => each.Kind)
      .filter((kind: string) => kind !== 'wrong-file-system')

  it.each([
    ['theirs', 8101],
    ['ours', 8102],
  ] as const)('with %s: address, port, names, DEL once and twice', async (set, hostPort) => {
    const { pods } = of(set)
    const pod = { name: `web-${set}`, namespace: 'shop', hostPort }
    const id = await pods.run(pod)
    const address = await pods.address(id)
    expect(address).toMatch(/^10\.4\.1\.\d+$/)
    await pods.start(id, pod, ['/bin/httpd', '-f', '-p', '80', '-h', '/bin'])
    const fetched = () =>
      host.run([
        'timeout',
        '2',
        'busybox',
        'wget',
        '-qO',
        '/dev/null',
        `http://127.0.0.1:${hostPort}/ls`,
      ])
    await expect.poll(async () => (await fetched()).exitCode).toBe(0)

    const row = {
      ID: id,
      Name: `k8s://shop/web-${set}`,
      Networks: ['lan'],
      Addresses: [`${address}/24`],
      Ports: expect.stringContaining(`:${hostPort}->80/tcp`),
      State: 'running',
    }
    expect(await listed()).toEqual([row])
    expect(await listed('-n', 'k8s.io')).toEqual([row])
    expect(await listed('-n', 'other')).toEqual([])
    expect(await inside()).toMatchObject({ [id]: { Name: row.Name, IPv4Address: `${address}/24` } })
    expect((await json('ipam', 'ls', '--format', 'json'))[0]).toMatchObject({
      Address: address,
      ContainerID: id,
    })
    expect(await json('container', 'port', '--format', 'json', row.Name)).toMatchObject([
      { HostPort: hostPort, ContainerPort: 80, Answers: 'yes' },
    ])

    // It is the runtime's: nothing of ours changes it.
    for (const args of [
      ['network', 'rm', 'lan'],
      ['container', 'rm', id],
      ['container', 'rename', `shop/web-${set}`, 'x'],
      ['network', 'disconnect', 'lan', `web-${set}`],
    ]) {
      const ran = await host.vethra(...args)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(row.Name) })
    }
    await host.vethra('network', 'prune', '-f')
    await host.vethra('cni', 'gc', 'lan')
    await host.vethra('ipam', 'gc')
    await host.vethra('doctor', '--repair')
    expect(await listed()).toEqual([row])
    expect((await fetched()).exitCode).toBe(0)
    expect(await kinds()).toEqual([])
    // Its rules are gone: told, and its runtime's to make again.
    const lose = 'iptables -t nat -F CNI-HOSTPORT-DNAT; nft delete table inet vethra'
    await host.run(['sh', '-c', lose])
    await host.vethra('doctor', '--repair')
    expect(await kinds()).toEqual(['ports-closed'])

    await pods.stop(id)
    await pods.stop(id)
    expect(await listed()).toEqual([])
    expect(await json('ipam', 'ls', '--format', 'json')).toEqual([])
    expect(await marks(id)).toEqual([])
    await pods.remove(id)
    await pods.remove(id)
    const told = async () =>
      (
        await host.vethra(
          'events',
          '--no-follow',
          '--format',
          '{{.Type}} {{.Name}} {{.Network}} {{.Namespace}}',
        )
      ).stdout
        .split('\n')
        .filter((line) => line.includes(row.Name))
    await expect
      .poll(told)
      .toEqual(['attached', 'detached'].map((what) => `container-${what} ${row.Name} lan k8s.io`))
  })

  it('in two containerds at once, one killed and started again: pods live on, and are detached by it', async () => {
    const ids = {
      theirs: await of('theirs').pods.run({ name: 'a', hostPort: 8103 }),
      ours: await of('ours').pods.run({ name: 'b', hostPort: 8104 }),
    }
    const names = async () =>
      (await listed())
        .map((each: { Name: string; State: string }) => `${each.Name} ${each.State}`)
        .toSorted()
    expect(await names()).toEqual(['k8s://default/a running', 'k8s://default/b running'])
    await of('ours').containerd.stop('KILL')
    expect(await names()).toEqual(['k8s://default/a running', 'k8s://default/b running'])
    runtimes['ours'] = await start('ours', sets.ours)
    const addresses = [
      await of('theirs').pods.address(ids.theirs),
      await of('ours').pods.address(ids.ours),
    ]
    expect(new Set(addresses).size).toBe(2)
    expect(
      Object.values(await inside())
        .map((each) => (each as { IPv4Address: string }).IPv4Address)
        .toSorted(),
    ).toEqual(addresses.map((each) => `${each}/24`).toSorted())
    for (const set of ['theirs', 'ours'] as const) {
      await of(set).pods.stop(ids[set])
      await of(set).pods.remove(ids[set])
      expect(await marks(ids[set])).toEqual([])
    }
    expect(await json('ipam', 'ls', '--format', 'json')).toEqual([])
  })

  it('whose namespace is gone, or whose conf list is, are found, left alone, and removed by their runtime', async () => {
    const { pods } = of('ours')
    const id = await pods.run({ name: 'lost', hostPort: 8105 })
    // The names of what the cache does not tell are asked of the containerd that the settings name.
    await host.run(['sed', '-i', 's/"lost"/"l st"/', `/var/lib/cni/results/lan-${id}-eth0`])
    expect(await listed()).toMatchObject([{ ID: id, Name: '' }])
    const address = ['--address', of('ours').containerd.socket]
    expect(await listed(...address)).toMatchObject([{ ID: id, Name: 'k8s://default/lost' }])
    const file = '/etc/cni/net.d/nerdctl-lan.conflist'
    await host.run(['mv', file, '/run/saved'])
    expect(await kinds()).toEqual(['network-missing'])
    await host.run(['sh', '-c', 'umount /run/netns/cni-*; rm /run/netns/cni-*'])
    expect(await listed()).toMatchObject([{ ID: id, State: 'dead', Networks: ['lan'] }])
    await host.vethra('doctor', '--repair')
    expect(await kinds()).toEqual(['attachment-dead', 'network-missing'])
    expect(await marks(id)).not.toEqual([])
    // containerd detaches by the conf lists that it has: without, it cannot.
    await expect(pods.stop(id)).rejects.toThrow(/cni/)
    await host.run(['mv', '/run/saved', file])
    await expect.poll(() => pods.remove(id).then(() => 'removed', String)).toBe('removed')
    expect([await kinds(), await listed(), await marks(id)]).toEqual([[], [], []])
  })

  it('hostile files in the cache of results are no pods, stop nothing, and reach no terminal', async () => {
    const entry = (containerId: string, more: object) =>
      JSON.stringify({
        ...{ kind: 'cniCacheV1', containerId, ifName: 'eth0', networkName: 'lan', config: '' },
        cniArgs: [
          ['K8S_POD_NAMESPACE', 'default'],
          ['K8S_POD_NAME', 'evil\u001b[2J\n'],
          ['K8S_POD_INFRA_CONTAINER_ID', containerId],
        ],
        ...more,
      })
    const files = {
      control: entry('\u001b]0;x\u0007', {}),
      network: entry('c1', { networkName: '../../etc' }),
      c2: entry('c2', { capabilityArgs: { portMappings: [{ HostPort: 'x' }] } }),
      c3: entry('c3', { result: { cniVersion: '1.0.0', ips: [{ address: 'x\u001b[2J' }] } }),
      c4: entry('c4', { netns: '/dev/zero', result: { interfaces: [{ name: '\u001b[2J' }] } }),
      deep: `${'['.repeat(200_000)}`,
      c5: entry('c5', { cniArgs: Array(20_000).fill(['K8S_POD_NAME', 'x'.repeat(100)]) }),
    }
    const folder = '/var/lib/cni/results'
    for (const [name, input] of Object.entries(files))
      await host.run(['sh', '-c', `cat > ${folder}/lan-${name}-eth0`], { input })
    await host.run([
      'sh',
      '-c',
      `mkfifo ${folder}/lan-fifo-eth0; ln -s /dev/zero ${folder}/lan-zero-eth0`,
    ])
    for (const args of [
      ['container', 'ls'],
      ['container', 'ls', '--format', 'json'],
      ['container', 'ls', '--format', '{{.ID}} {{.Name}} {{.Networks}}'],
      ['network', 'inspect', 'lan'],
      ['container', 'inspect', 'c3'],
      ['container', 'port', 'c2'],
      ['doctor', '--repair'],
      ['top', '--once'],
    ]) {
      const ran = await host.vethra(...args)
      expect([0, 1], ran.stderr).toContain(ran.exitCode)
      expect(ran.stdout + ran.stderr, args.join(' ')).not.toMatch(/(?!\n)\p{Cc}/u)
    }
    expect(
      (await listed()).map((each: { ID: string; Name: string }) => [each.ID, each.Name]),
    ).toEqual(['c2', 'c3', 'c4'].map((id) => [id, '']))
    await host.run(['sh', '-c', `rm ${folder}/lan-*`])
    expect(await host.vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0 })
  })
})
