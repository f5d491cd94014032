import { readFile, stat } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { type RunningDaemon, startDaemon, until } from './running-daemon.ts'

// The host's resolver, which stands for the internet: it knows one domain, and has a text that no datagram holds.
const upstream = [
  'dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --no-daemon',
  '--listen-address=127.0.0.7 --bind-interfaces --local=/example.test/ --host-record=up.example.test,192.0.2.1',
  `$(for i in $(seq 1 30); do echo --txt-record=long.example.test,$i-${'x'.repeat(200)}; done)`,
  '--log-queries --log-facility=/run/upstream.log >/dev/null 2>&1 </dev/null & echo $!',
].join(' ')

describeOnHost('DNS for containers', () => {
  let host: Host
  let daemon: RunningDaemon
  let servers: string
  const pids = new Map<string, string>()

  beforeAll(async () => {
    host = await openHost()
    const set = ['sh', '-c', `echo nameserver 127.0.0.7 >/etc/resolv.conf; ${upstream}`]
    servers = (await host.run(set)).stdout.trim()
    const lan = ['--subnet', '10.9.1.0/24', '--subnet', 'fd09::/64', '--ipv6', 'lan']
    await host.vethra('network', 'create', ...lan)
    await host.vethra('network', 'create', '--subnet', '10.9.2.0/24', 'back')
    await host.vethra(
      'network',
      'create',
      '-o',
      'vethra.dns=false',
      '--subnet',
      '10.9.3.0/24',
      'plain',
    )
    daemon = await startDaemon(host)
    await run('web', '--network', 'lan', '--network-alias', 'shop', '-p', '127.0.0.1:8081:80')
    await run('db', '--network', 'lan', '--network', 'back', '--dns', '127.0.0.8')
    await run('old', '--network', 'plain')
  }, 30_000)

  afterAll(async () => {
    await daemon?.end()
    await host?.run(['kill', servers])
    await host?.close()
  })

  const idOf = (name: string) => `${name}-${host.tag}`
  const run = async (name: string, ...flags: readonly string[]) => {
    const bundle = await host.bundle(name, ['sleep', '1000'])
    const named = ['--id', idOf(name), '--name', name, ...flags]
    expect(await host.vethra('bundle', 'prepare', bundle, ...named)).toMatchObject({ exitCode: 0 })
    expect(await host.start(bundle, idOf(name))).toMatchObject({ exitCode: 0 })
    const state = JSON.parse((await host.runc('state', idOf(name))).stdout) as { pid: number }
    pids.set(name, String(state.pid))
  }
  const inside = async (name: string, ...argv: readonly string[]) =>
    (await host.run(['nsenter', '-t', pids.get(name) ?? '', '-n', ...argv])).stdout
  const dig = async (name: string, ...words: readonly string[]) =>
    (await inside(name, 'dig', '+short', '+time=3', '+tries=1', '@10.9.1.1', ...words))
      .split('\n')
      .sort()
  const statusOf = async (name: string, ...words: readonly string[]) => {
    const said = await inside(name, 'dig', '+time=5', '+tries=1', '@10.9.1.1', ...words)
    return /status: (\w+)/.exec(said)?.[1] ?? said
  }
  const folder = async (name: string) =>
    (await host.run(['sh', '-c', `echo /var/lib/vethra/*/containers/default/${idOf(name)}`])).stdout
  const resolvConf = async (name: string) => {
    const path = `${await folder(name)}/resolv.conf`
    const { stdout } = await host.run(['stat', '-c', '%i', path])
    return { inode: stdout, text: (await host.run(['cat', path])).stdout }
  }

  it('answers names, aliases, addresses and ports of the networks that a container is in', async () => {
    const id = idOf('web').slice(0, 12)
    for (const name of ['web', 'web.lan', 'shop', id, 'web.lan.vethra'])
      expect(await dig('db', name), name).toEqual(['10.9.1.2'])
    expect(await dig('db', 'web', 'AAAA')).toEqual(['fd09::2'])
    expect(await dig('db', '+tcp', 'web')).toEqual(['10.9.1.2'])
    expect(await dig('db', '-x', '10.9.1.2')).toEqual(['web.lan.'])
    expect(await dig('db', '_8081._tcp.web', 'SRV')).toEqual([expect.stringMatching(/ 80 web/)])
    const six = ['dig', '+short', '@fd09::1', 'web']
    expect(await inside('db', ...six)).toBe('10.9.1.2')
    expect(await inside('db', ...six, '+tcp')).toBe('10.9.1.2')
    const types = ['HTTPS', 'TXT', 'TYPE65400', 'ANY']
    for (const type of types) expect(await statusOf('db', 'web', type), type).toBe('NOERROR')
    expect(await statusOf('db', '+tcp', 'lan', 'AXFR')).not.toBe('NOERROR')
    expect(await statusOf('db', 'version.bind', 'TXT', 'CH')).toBe('NOERROR')
  })

  it('tells nothing of other networks, and asks upstream for no single label', async () => {
    expect(await statusOf('web', 'old')).toBe('NXDOMAIN')
    expect(await statusOf('web', 'nobody')).toBe('NXDOMAIN')
    expect(await statusOf('web', 'old.plain')).not.toBe('NOERROR')
    const asked = await host.run(['cat', '/run/upstream.log'])
    expect(asked.stdout).not.toMatch(/query\[\w+\] (old|nobody) /)
  })

  it('asks the host for all other names, by TCP where a datagram is too small, and those of --dns for their container', async () => {
    expect(await dig('web', 'up.example.test')).toEqual(['192.0.2.1'])
    expect((await dig('web', 'long.example.test', 'TXT')).length).toBe(30)
    expect(await statusOf('web', 'none.example.test')).toBe('NXDOMAIN')
    // Nobody answers at 127.0.0.8.
    const [late, names] = await Promise.all([statusOf('db', 'up.example.test'), dig('db', 'web')])
    expect([late, names]).toEqual(['SERVFAIL', ['10.9.1.2']])
  })

  it('resolv.conf names it alone, and glibc resolves by that', async () => {
    expect((await resolvConf('web')).text).toBe('nameserver 10.9.1.1')
    expect((await resolvConf('db')).text).toBe('nameserver 10.9.1.1')
    expect((await resolvConf('old')).text).not.toMatch(/10\.9/)
    const script = `mount --bind ${await folder('web')}/resolv.conf /etc/resolv.conf; getent ahosts db.back; getent ahostsv4 db`
    const found = await inside('web', 'unshare', '-m', 'sh', '-c', script)
    expect(found).toMatch(/^10\.9\.1\.3 +STREAM db/)
    expect(found).not.toMatch(/10\.9\.2/)
  })

  it('dns query shows what the host would be told, and dns log what a container asks', async () => {
    const rows = async (...words: readonly string[]) =>
      JSON.parse((await host.vethra('dns', 'query', ...words, '--format', 'json')).stdout)
    expect(await rows('web', '--network', 'lan')).toMatchObject([
      { Name: 'web', Type: 'A', Data: '10.9.1.2' },
      { Type: 'AAAA', Data: 'fd09::2' },
    ])
    expect(await rows('10.9.1.2')).toMatchObject([{ Type: 'PTR', Data: 'web.lan' }])
    expect(await rows('up.example.test')).toMatchObject([{ Data: '192.0.2.1' }])
    expect(await host.vethra('dns', 'query', 'nobody')).toMatchObject({ exitCode: 1 })
    expect(await host.vethra('dns', 'query', 'web', '--network', 'no')).toMatchObject({
      exitCode: 1,
    })
    const log = `${host.folder}/questions`
    const script = `${executable} dns log --container db --format json >${log} 2>/dev/null </dev/null & echo $!`
    const { stdout } = await host.run(['sh', '-c', script])
    const asked = async () => {
      await dig('web', 'db')
      await dig('db', 'web', 'AAAA')
      return (await readFile(log, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((each) => JSON.parse(each))
    }
    await until(async () => (await asked()).length > 0)
    const ours = {
      ContainerID: idOf('db'),
      Network: 'lan',
      Name: 'web',
      Type: 'AAAA',
      Outcome: 'answer',
    }
    const seen = (await asked()).filter(({ Name }: { Name: string }) => Name !== 'localhost')
    for (const each of seen) expect(each).toMatchObject(ours)
    process.kill(Number(stdout))
  })

  it('a change by a command is answered soon, and a container that leaves a network asks in the next', async () => {
    await host.vethra('network', 'connect', '--alias', 'late', 'back', idOf('web'))
    await until(async () => (await dig('db', 'late')).includes('10.9.2.3'))
    await host.vethra('container', 'rename', idOf('web'), 'front')
    await until(async () => (await dig('db', 'front')).includes('10.9.1.2'))
    expect(await statusOf('db', 'web')).toBe('NXDOMAIN')
    await host.vethra('network', 'disconnect', 'lan', idOf('web'))
    await until(async () => (await resolvConf('web')).text === 'nameserver 10.9.2.1')
    await host.vethra('network', 'connect', 'lan', idOf('web'))
    await host.vethra('container', 'rename', idOf('web'), 'web')
  })

  it('questions pass a chain INPUT that drops, and where another firewall drops them, containers ask others', async () => {
    const ours = 'nameserver 10.9.1.1'
    await host.run(['iptables', '-A', 'INPUT', '-i', 'lo', '-j', 'ACCEPT'])
    await host.run(['iptables', '-P', 'INPUT', 'DROP'])
    await until(async () => (await host.run(['iptables-save'])).stdout.includes('vethra dns'))
    expect(await statusOf('db', 'web')).toBe('NOERROR')
    const chain = '{ type filter hook input priority 5; policy drop; iifname lo accept; }'
    await host.run(['nft', 'add', 'table', 'inet', 'strict'])
    await host.run(['nft', 'add', 'chain', 'inet', 'strict', 'in', chain])
    await until(async () => (await resolvConf('db')).text === 'nameserver 127.0.0.8')
    expect(await daemon.log()).toMatch(/DNS is off in network lan: a firewall/)
    const found = JSON.parse((await host.vethra('doctor', '--format', 'json')).stdout)
    const off = found.filter((each: { Kind: string }) => each.Kind === 'dns-off')
    expect(off.map((each: { Subject: string }) => each.Subject)).toEqual([
      expect.stringContaining('back'),
      expect.stringContaining('lan'),
    ])
    await host.run(['nft', 'delete', 'table', 'inet', 'strict'])
    await host.run(['iptables', '-P', 'INPUT', 'ACCEPT'])
    await until(async () => (await resolvConf('db')).text === ours)
  })

  it('while it does not run, resolv.conf is as without it: after an orderly stop, and after a kill by the next command', async () => {
    const before = await resolvConf('db')
    await daemon.end()
    const without = { ...before, text: 'nameserver 127.0.0.8' }
    expect(await resolvConf('db')).toEqual(without)
    const log = `${host.folder}/dns.log`
    const serve = async () => {
      const script = `${executable} dns >>${log} 2>&1 </dev/null & echo $!`
      const { stdout } = await host.run(['sh', '-c', script])
      await until(async () => (await resolvConf('db')).text === before.text)
      return Number(stdout)
    }
    const first = await serve()
    expect(await resolvConf('db')).toEqual(before)
    expect(getPriority(first)).toBe(-10)
    expect(await dig('db', 'web')).toEqual([
      expect.stringMatching(/^10\.9\./),
      expect.stringMatching(/^10\.9\./),
    ])
    const twice = await host.vethra('dns')
    expect(twice).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(String(first)) })
    process.kill(first, 'SIGKILL')
    await until(async () => (await stat(`/proc/${first}`).catch(() => undefined)) === undefined)
    await host.vethra('network', 'ls')
    expect(await resolvConf('db')).toEqual(without)
    const held = await host.run([
      'sh',
      '-c',
      'dnsmasq --conf-file=/dev/null --user=root --pid-file=/run/taken.pid --no-resolv --listen-address=10.9.1.1,fd09::1,10.9.2.1 --bind-interfaces </dev/null >/dev/null 2>&1; cat /run/taken.pid',
    ])
    // A user's containers are served by one who may not go before others.
    const user = 'setpriv --bounding-set=-sys_nice --inh-caps=-sys_nice'
    const last = await host.run([
      'sh',
      '-c',
      `${user} ${executable} dns >>${log} 2>&1 </dev/null & echo $!`,
    ])
    await until(async () =>
      (await readFile(log, 'utf8')).includes(`process ${held.stdout} (dnsmasq)`),
    )
    expect(await resolvConf('db')).toEqual(without)
    expect(getPriority(Number(last.stdout))).toBe(getPriority())
    process.kill(Number(held.stdout))
    await until(async () => (await resolvConf('db')).text === before.text)
    process.kill(Number(last.stdout), 'SIGTERM')
    await until(async () => (await resolvConf('db')).text === without.text)
  })
})
