import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost, untilAsleep } from './host.ts'

describeOnHost('vethra bundle prepare -p', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.run(['sh', '-c', `kill $(cat ${host.folder}/*.pid)`])
    await host.close()
  })

  const bundles = new Map<string, string>()
  const prepare = async (name: string, ...flags: readonly string[]) => {
    const id = `${name}-${host.tag}`
    const serve = ['httpd', '-f', '-p', '80', '-h', '/www']
    const bundle = bundles.get(id) ?? (await host.bundle(id, serve))
    bundles.set(id, bundle)
    return host.vethra('bundle', 'prepare', bundle, '--id', id, '--name', name, ...flags)
  }
  const start = async (name: string) => {
    const id = `${name}-${host.tag}`
    expect(await host.start(`${host.folder}/${id}`, id)).toMatchObject({ exitCode: 0 })
  }
  const ports = async (name: string) => (await host.vethra('container', 'port', name)).stdout
  // Listens in the background until the test ends.
  const listen = async (place: string) => {
    const command =
      'busybox httpd -f -p "$1" </dev/null >/dev/null 2>&1 & echo $! >"$0"; until ss -Hltn | grep -q ":${1##*:} "; do sleep 0.05; done'
    await host.run(['sh', '-c', command, `${host.folder}/${place}.pid`, place])
  }

  it('a port that is taken is refused before anything starts, and named with who holds it', async () => {
    const failed = 'failed: port is already allocated'
    await listen('127.0.0.1:8080')
    expect(await prepare('web', '-p', '8080:80')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        new RegExp(
          `bind for 0\\.0\\.0\\.0:8080 ${failed}[^]*held by process busybox \\(pid \\d+\\)`,
        ),
      ),
    })
    expect((await host.vethra('container', 'ls', '-q')).stdout).toBe('')
    expect((await prepare('web', '-p', '8080:80/udp', '-p', '8081:80')).exitCode).toBe(0)
    await start('web')
    expect(await prepare('other', '-p', '127.0.0.1:8081:80')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('held by container web'),
    })
    const rule = 'DOCKER ! -i docker0 -p tcp --dport 8082 -j DNAT --to-destination 172.17.0.2:80'
    await host.run([
      'sh',
      '-ec',
      `iptables -t nat -N DOCKER; iptables -t nat -A PREROUTING -j DOCKER; iptables -t nat -A ${rule}`,
    ])
    expect(await prepare('other', '-p', '8082:80')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        'held by a rule in chain DOCKER of the firewall that leads to 172.17.0.2:80',
      ),
    })
    expect(await prepare('other', '-p', '8079-8083:80')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await ports('other')).toBe('80/tcp -> 0.0.0.0:8079')
    // Prepared again while it runs, it is not in its own way.
    expect(await prepare('web', '-p', '8080:80/udp', '-p', '8081:80')).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  })

  it('a config.json is read before the lock of ports is waited for', async () => {
    const bundle = await host.bundle('broken', ['true'])
    await host.run(['sh', '-c', 'echo "{" > "$0"', `${bundle}/config.json`])
    const hold =
      'mkdir -p /run/vethra/locks; (exec 9>/run/vethra/locks/ports; flock 9; exec sleep 600)'
    const inBackground = `${hold} >/dev/null 2>&1 & ${untilAsleep}; echo $! >"$0"`
    await host.run(['sh', '-c', inBackground, `${host.folder}/lock.pid`])
    const argv = ['bundle', 'prepare', bundle, '--id', `broken-${host.tag}`, '-p', '8080:80']
    const began = performance.now()
    expect(await host.vethra(...argv)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('config.json'),
    })
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  it('any port is one of the kernel own range that is free in both families, and promised to nobody', async () => {
    await host.run(['sh', '-c', 'echo 40000 40003 > /proc/sys/net/ipv4/ip_local_port_range'])
    await listen('0.0.0.0:40000')
    await listen('[::1]:40001')
    expect((await prepare('idle', '-p', '40002:80')).exitCode).toBe(0)
    expect((await prepare('any', '-p', '80')).exitCode).toBe(0)
    expect(await ports('any')).toBe('80/tcp -> 0.0.0.0:40003')
    expect(await prepare('same', '-p', '40002:80')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(
        /^warning: 0\.0\.0\.0:40002\/tcp is that of container idle, too/,
      ),
    })
  })

  it('bundles that are prepared at the same time get a port each, and all of them start', async () => {
    await host.run(['sh', '-c', 'echo 40000 40005 > /proc/sys/net/ipv4/ip_local_port_range'])
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const ran of await Promise.all(names.map((name) => prepare(name, '-p', '80')))) {
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    }
    await Promise.all(names.map(start))
    const chosen = await Promise.all(names.map(ports))
    expect(new Set(chosen).size).toBe(names.length)
  })

  it('without an address a port is published on IPv6 as well where the network has it', async () => {
    await host.vethra('network', 'create', '--ipv6', 'dual')
    await host.run([
      'sh',
      '-ec',
      'ip link add out type bridge; ip addr add 198.51.100.1/24 dev out; ip -6 addr add 2001:db8:9::1/64 dev out nodad; ip link set out up',
    ])
    expect((await prepare('web', '--network', 'dual', '-p', '8080:80')).exitCode).toBe(0)
    await start('web')
    expect((await ports('web')).split('\n')).toEqual([
      '80/tcp -> 0.0.0.0:8080',
      '80/tcp -> [::]:8080',
    ])
    await host.run([
      'sh',
      '-c',
      'echo hello > "$0"',
      `${host.folder}/web-${host.tag}/rootfs/www/index.html`,
    ])
    for (const address of ['198.51.100.1', '[2001:db8:9::1]']) {
      const got = await host.run(['busybox', 'wget', '-q', '-O', '-', `http://${address}:8080/`])
      expect(got).toMatchObject({ exitCode: 0, stdout: 'hello' })
    }
    // Nothing that comes from ::1 can leave the host.
    const atLoopback = ['busybox', 'timeout', '5', 'busybox', 'wget', '-O', '-']
    expect(await host.run([...atLoopback, 'http://[::1]:8080/'])).toMatchObject({ exitCode: 1 })
    expect((await host.vethra('doctor')).exitCode).toBe(0)
    await host.stop(`web-${host.tag}`)
    expect((await host.snapshot()).rules.filter((rule) => rule.includes('8080'))).toEqual([])
  })

  it('a dual-stack network of 0.1 or nerdctl, whose ports hang at ::1, is warned of by prepare and doctor', async () => {
    await host.vethra('network', 'create', '--ipv6', 'dual')
    const file = '/etc/cni/net.d/nerdctl-dual.conflist'
    await host.run([
      'sh',
      '-c',
      `tr -d '\\n' <${file} | sed 's/"conditionsV6": *\\[[^]]*\\],//' >/run/c; cp /run/c ${file}`,
    ])
    const bundle = await host.bundle('web', ['sleep', '600'])
    const prepared = async (plugins: string) => {
      const args = ['prepare', bundle, '--id', 'web', '--network', 'dual', '-p', '8080:80']
      return (await host.vethra('--plugins', plugins, 'bundle', ...args)).stderr
    }
    const kinds = async (plugins: string) =>
      (await host.vethra('--plugins', plugins, 'doctor', '--format', '{{.Kind}}')).stdout
    expect(await prepared('exec')).toContain('[::1]')
    expect(await kinds('exec')).toContain('loopback-unanswered')
    // In this process portmap refuses ::1 by itself.
    expect(await prepared('auto')).not.toContain('[::1]')
    expect(await kinds('auto')).not.toContain('loopback-unanswered')
  })

  it('a port that can lead nowhere is warned of', async () => {
    expect(await prepare('web', '-p', '[fd00:9::1]:8080:80')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^warning: -p \[fd00:9::1\]:8080:80 .*IPv6/),
    })
  })

  it('in the network of the host nothing is published, and that is said', async () => {
    expect(await prepare('web', '--network', 'host', '-p', '8080:80')).toMatchObject({
      exitCode: 0,
      stderr: 'warning: published ports are left out: the network is host',
    })
    expect(await ports('web')).toBe('')
  })

  it('a network that can publish nothing is warned of', async () => {
    await host.vethra('network', 'create', '--internal', 'inner')
    expect(await prepare('web', '--network', 'inner', '-p', '8080:80')).toMatchObject({
      exitCode: 0,
      stderr: 'warning: network inner publishes no ports: it has no plugin portmap',
    })
  })
})
