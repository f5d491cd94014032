import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findingKinds, findingsOn } from './doctor-findings.ts'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran, way } from './host.ts'
import type { Snapshot } from './snapshot.ts'

const reservations = '/var/lib/cni/networks'

describeOnHost('vethra doctor', () => {
  let host: Host
  let web: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
  })

  afterEach(async () => {
    await host.close()
  })

  const sh = (script: string): Promise<Ran> => host.run(['sh', '-ec', script])
  const findings = () => findingsOn(host)
  const kinds = () => findingKinds(host)
  /** The kinds of the repairs made; fails where one failed, or an error is left. */
  const heal = async () => {
    const ran = await host.vethra('doctor', '--repair', '--format', 'json')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const rows: readonly { Kind: string; Outcome: string }[] = JSON.parse(ran.stdout)
    expect(rows.filter(({ Outcome }) => Outcome === 'failed')).toEqual([])
    expect((await findings()).filter(({ Severity }) => Severity === 'error')).toEqual([])
    return rows.flatMap(({ Kind, Outcome }) => (Outcome === 'done' ? [Kind] : [])).toSorted()
  }
  const prepare = async (id: string, ...args: readonly string[]) => {
    const bundle = await host.bundle(id, ['sleep', '600'])
    const flags = ['--id', id, '--network', 'lan', ...args]
    expect(await host.vethra('bundle', 'prepare', bundle, ...flags)).toMatchObject({ exitCode: 0 })
    return bundle
  }
  const start = async (id: string, ...args: readonly string[]) => {
    const bundle = await prepare(id, ...args)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
  }
  // No hook runs: as after a crash, or when the machine lost power.
  const kill = async (id: string) => {
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    await sh(`kill -9 ${pid}; rm -rf ${host.folder}/runc/${id}`)
    await expect.poll(async () => (await sh(`test -e /proc/${pid}/ns/net`)).exitCode).toBe(1)
  }
  const bridge = async () => {
    const { stdout } = await host.run(['ip', '-j', 'link', 'show', 'type', 'bridge'])
    return (JSON.parse(stdout)[0]?.ifname ?? '') as string
  }
  const ping = async (from: string, to: string) =>
    (await host.runc('exec', from, 'ping', '-c', '1', '-W', '1', to)).stdout
  const old = (file: string, text: string) =>
    `printf '${text}' >${file}; touch -d '1 hour ago' ${file}`

  it('a host where nothing is amiss is told so', async () => {
    const ran = await host.vethra('doctor')
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).not.toMatch(/error/)
    expect(await kinds()).toEqual([])
    expect((await host.vethra('doctor', '--dry-run')).exitCode).toBe(2)
  })

  it('what an earlier version wrote of a result of 50,000 levels stops no command, and is put right', async () => {
    await host.vethra('network', 'create', 'lan')
    const bundle = await prepare(web)
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
    const deep = '['.repeat(50_000) + ']'.repeat(50_000)
    const key = `lan-default-${web}-eth0`
    const cache = `/var/lib/cni/results/${key}`
    const record = `/var/lib/vethra/attachments/${key}`
    const read = async (file: string) => (await host.run(['cat', file])).stdout
    const put = (file: string, input: string) => host.run(['sh', '-c', `cat >${file}`], { input })
    await put(cache, (await read(cache)).replace('"result":{', `"result":{"x":${deep},`))
    const { made, ...rest } = JSON.parse(await read(record))
    const result = made.result.replace('{', `{"x":${deep},`)
    await put(record, JSON.stringify({ ...rest, made: { ...made, result } }))
    expect((await findings()).length).toBeGreaterThan(0)
    for (const args of [
      ['network', 'ls'],
      ['container', 'ls'],
      ['ipam', 'ls'],
      ['cni', 'gc', 'lan'],
    ])
      expect(await host.vethra(...args), args.join(' ')).toMatchObject({ exitCode: 0 })
    await host.stop(web)
    expect((await findings()).filter(({ Severity }) => Severity === 'error')).toEqual([])
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('finds and frees what containers that were killed have left, and nothing of others', async () => {
    await host.vethra('network', 'create', 'lan')
    await start(`peer-${host.tag}`, '--hostname', 'peer')
    await start(web, '--hostname', 'web', '--name', 'shop', '-p', '127.0.0.1:8080:80/tcp')
    await sh('ip netns add one')
    await host.vethra('cni', 'add', 'lan', '/run/netns/one')
    const holder = JSON.parse((await sh(`cat /run/vethra/ports/default-${web}`)).stdout)
    await sh(`kill -STOP ${holder.holder.pid}; ip netns del one`)
    await kill(web)
    // Of a container that nobody knows, in a network of ours and in one that is not; and of a writer that was killed.
    await sh(
      [
        `mkdir -p ${reservations}/strangers`,
        old(`${reservations}/lan/10.4.1.200`, 'nobody\\r\\neth0'),
        old(`${reservations}/lan/10.4.1.201`, ''),
        old(`${reservations}/strangers/10.9.0.2`, 'stranger\\r\\neth0'),
        'iptables -t nat -N CNI-000000000000000000000000',
      ].join('; '),
    )
    // The kernel takes a moment to remove what was in a namespace that is gone.
    const links = async () => (await host.snapshot()).links.length
    await expect.poll(links).toBe(3)
    const before = await host.snapshot()
    const found = await findings()
    const errors = found.filter(({ Severity }) => Severity === 'error').map(({ Kind }) => Kind)
    expect(errors.toSorted()).toEqual([
      'attachment-dead',
      'attachment-dead',
      'names-left',
      'ports-left',
      'reservation-dead',
      'reservation-dead',
    ])
    expect(found.filter(({ Severity }) => Severity === 'warning').map(({ ID }) => ID)).toEqual(
      expect.arrayContaining([
        'reservation-dead strangers/10.9.0.2',
        'rules-left CNI-000000000000000000000000 (IPv4)',
      ]),
    )
    expect((await host.vethra('doctor', '--repair', '--dry-run')).stdout).toMatch(/^would detach/)
    expect(await host.snapshot()).toEqual(before)

    await heal()
    const { files, rules } = await host.snapshot()
    const left = files.filter((file) => /networks\/.*\d+\.\d+|attachments|results|ports/.test(file))
    expect(left.map((file) => file.replace(/.*\//, ''))).toEqual([
      expect.stringMatching(/^10\.4\.1\.\d+$/),
      '10.9.0.2',
      expect.stringMatching(/^lan-default-peer/),
      expect.stringMatching(/^lan-default-peer/),
    ])
    expect(rules.join('\n')).not.toMatch(/8080|web-/)
    expect(rules).toContain(':CNI-000000000000000000000000 - [0:0]')
    const hosts = await host.runc('exec', `peer-${host.tag}`, 'cat', '/etc/hosts')
    expect(hosts.stdout).toMatch(/peer/)
    expect(hosts.stdout).not.toMatch(/web/)
    expect((await sh('cat /proc/net/tcp')).stdout).not.toMatch(/0100007F:1F90/)
  })

  it('an interface whose attachment nobody remembers goes with DEL, and stays where its container may live', async () => {
    await host.vethra('network', 'create', 'lan')
    const [name, netns] = [host.tag, `/run/netns/${host.tag}`]
    const add = `${executable} --plugins native cni add lan ${netns}`
    const forget = 'rm /var/lib/vethra/attachments/lan-* /var/lib/cni/results/lan-*'
    const veths = async () =>
      JSON.parse((await sh('ip -j link show type veth')).stdout || '[]').length
    await sh(`ip netns add ${name}; ${add}; ${forget}`)
    expect(await kinds()).toEqual(['interface-left'])
    await host.vethra('doctor', '--repair')
    expect(await veths()).toBe(1)
    expect(await host.vethra('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0 })
    expect(await veths()).toBe(0)
    // A namespace that something holds goes on without the name that its container was known by.
    const keep = `touch /run/kept; mount --bind ${netns} /run/kept; umount ${netns}; rm ${netns}`
    await sh(`${add}; ${keep}; ${executable} cni del lan ${netns}`)
    expect([await kinds(), await veths()]).toEqual([[], 0])
    await sh('umount /run/kept')
  })

  it('what our plugins made for a runtime that keeps no record, behind an interface of its own, stays', async () => {
    const previous = {
      cniVersion: '1.0.0',
      interfaces: [{ name: 'own0' }, { name: 'eth0', sandbox: '/run/netns/box' }],
      ips: [{ address: '10.5.0.2/24', interface: 1 }],
    }
    const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]
    const conf = { cniVersion: '1.0.0', name: 'theirs', type: 'portmap', prevResult: previous }
    const input = JSON.stringify({ ...conf, runtimeConfig: { portMappings } })
    await sh(`ip link add own0 type bridge; ln -s ${executable} ${host.folder}/portmap
      ip netns add box`)
    const env = { CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'c1', CNI_NETNS: '/run/netns/box' }
    const paths = { CNI_IFNAME: 'eth0', CNI_PATH: host.folder }
    const added = await host.run([`${host.folder}/portmap`], { input, env: { ...env, ...paths } })
    expect(added).toMatchObject({ exitCode: 0 })
    const port = async () => (await sh('nft list map inet vethra p4')).stdout
    const before = await port()
    expect(before).toContain('8080')
    await host.vethra('doctor', '--repair')
    expect(await port()).toBe(before)
    expect(await kinds()).toEqual(['rules-left'])
    await sh('ip netns del box; ip link del own0')
  })

  it('after a reboot nothing is in the way of the next start', async () => {
    await host.vethra('network', 'create', 'lan')
    await start(web, '--name', 'shop', '--ip', '10.4.1.50', '-p', '127.0.0.1:8081:80')
    await kill(web)
    await sh(`rm -rf /run/vethra; nft flush ruleset; ip link delete ${await bridge()}`)
    expect(await heal()).toEqual(['detach', 'forget-names'])
    const { files } = await host.snapshot()
    expect(files.filter((file) => /10\.4\.1\.50|attachments|results/.test(file))).toEqual([])
    expect(await host.start(`${host.folder}/${web}`, web)).toMatchObject({ exitCode: 0 })
    expect(await kinds()).toEqual([])
  })

  it('gives the living back what they have lost', async () => {
    await host.vethra('network', 'create', 'lan', '--ipv6')
    const peer = `peer-${host.tag}`
    await start(peer, '--hostname', 'peer')
    await start(
      web,
      '--hostname',
      'web',
      '--name',
      'shop',
      '-p',
      '127.0.0.1:8082:80/tcp',
      '-p',
      '5353:53/udp',
    )
    const before = await host.snapshot()
    const meta = (
      await sh(`echo /var/lib/vethra/*/etchosts/default/${web}/meta.json`)
    ).stdout.trim()
    const names = (await sh('echo /var/lib/vethra/*/names/default/shop')).stdout.trim()
    const holder = JSON.parse((await sh(`cat /run/vethra/ports/default-${web}`)).stdout)
    await sh(
      [
        // A sender whose packets once went elsewhere goes on being sent there.
        'iptables -t nat -I OUTPUT -p udp --dport 5353 -j DNAT --to-destination 10.4.1.99:53',
        "bash -c 'echo x >/dev/udp/10.4.1.1/5353'",
        'nft flush ruleset',
        `printf '{"ID":' >${meta}`,
        `rm ${names}`,
        `rm /var/lib/cni/results/lan-default-${web}-eth0`,
        `printf x >/var/lib/vethra/attachments/lan-default-${peer}-eth0`,
        `kill -9 ${holder.holder.pid}`,
        `rm $(grep -l default-${peer} ${reservations}/lan/10.*)`,
      ].join('; '),
    )
    expect((await sh('cat /proc/net/nf_conntrack')).stdout).toMatch(/src=10\.4\.1\.99/)
    const rules = ['restore-masquerading', 'restore-masquerading', 'restore-rules', 'restore-rules']
    // What the network shares is restored with one of them.
    const elements = ['restore-elements', 'restore-elements']
    expect(await heal()).toEqual(
      [
        ...['claim-name', 'hold-ports', 'reserve-address', 'restore-record'],
        // The hosts file of the peer has names of a container whose own are unknown.
        ...['restore-names', 'restore-names'],
        ...['restore-result', ...(way === 'exec' ? rules : elements)],
      ].toSorted(),
    )
    expect(sorted(await host.snapshot())).toEqual(sorted(before))
    expect((await sh('cat /proc/net/nf_conntrack')).stdout).not.toMatch(/10\.4\.1\.99/)
    expect(await ping(peer, 'web')).toMatch(/1 packets received/)
    expect(await ping(web, 'peer')).toMatch(/1 packets received/)
  })

  it('puts interfaces back, with the addresses that they had', async () => {
    await host.vethra('network', 'create', 'lan')
    const peer = `peer-${host.tag}`
    await start(peer, '--hostname', 'peer')
    await start(web, '--hostname', 'web')
    const name = await bridge()
    const shown = async (id: string) =>
      (await host.runc('exec', id, 'ip', '-o', 'addr', 'show', 'eth0')).stdout
    const before = await shown(web)
    expect(before).toMatch(/10\.4\.1\.3/)
    // As "nerdctl network rm" removes a network whose containers are ours: it asks containerd alone for users.
    const list = '/etc/cni/net.d/nerdctl-lan.conflist'
    const text = (await sh(`cat ${list}`)).stdout
    await sh(`rm ${list}; ip link delete ${name}`)
    const repairs = ['restore-bridge', 'restore-link', 'restore-link', 'restore-network']
    expect(await heal()).toEqual(repairs)
    expect((await sh(`cat ${list}`)).stdout).toBe(text)
    expect(await ping(peer, 'web')).toMatch(/1 packets received/)
    const link = JSON.parse((await sh(`cat /var/lib/cni/results/lan-default-${web}-eth0`)).stdout)
      .result.interfaces[1].name
    await sh(`ip link delete ${link}; ip addr flush dev ${name}; ip link set ${name} down`)
    expect(await heal()).toEqual(['reattach', 'restore-bridge'])
    expect(await shown(web)).toMatch(/10\.4\.1\.3\/24/)
    expect(await ping(peer, 'web')).toMatch(/1 packets received/)
    // The same with all containers stopped: "network prune" asks nobody else.
    for (const id of [peer, web]) await host.stop(id)
    await sh(`rm ${list}; ip link delete ${name}`)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).not.toBe(0)
    expect(await heal()).toEqual(['restore-kept-network'])
    expect((await sh(`cat ${list}`)).stdout).toBe(text)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).toBe(0)
    await host.stop(web)
    // Whoever means it says so to Vethra: what it removes stays away.
    expect((await host.vethra('network', 'rm', 'lan')).exitCode).toBe(0)
    expect(await kinds()).toEqual([])
  })

  describe('an ADD that was cut short', () => {
    it('is undone in a namespace that lives', async () => {
      await host.vethra('network', 'create', 'lan')
      await host.run(['ip', 'netns', 'add', 'one'])
      await host.vethra('cni', 'add', 'lan', '/run/netns/one')
      await sh('rm /var/lib/cni/results/*; nft flush ruleset')
      expect(await heal()).toEqual(['detach'])
      const { files, rules } = await host.snapshot()
      expect(files.filter((file) => /10\.4\.1\.|attachments|results/.test(file))).toEqual([])
      expect(rules.join('\n')).not.toMatch(/10\.4\.1\./)
      expect((await sh('ip netns exec one ip link')).stdout).not.toMatch(/eth0/)
    })
  })
})

// The order in which rules were made is no matter, and neither is an index, which is made when it is asked.
function sorted({ links, rules, files, processes }: Snapshot): Snapshot {
  return {
    processes,
    links: [...links].sort(),
    rules: [...rules].sort(),
    files: files.filter((file) => !file.startsWith('/run/vethra/ipam/')),
  }
}
