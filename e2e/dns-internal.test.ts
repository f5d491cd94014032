import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { allSaid, hostAt, outside, outsideSetUp } from './engine-host.ts'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { until } from './running-daemon.ts'
import { type Agent, startAgent } from './traffic.ts'

const families = [
  { own: '10.9.4.1', a: '10.9.4.2', b: '10.9.4.3', c: '10.9.1.2', lan: '10.9.1.1', of: 'four' },
  { own: 'fd94::1', a: 'fd94::2', b: 'fd94::3', c: 'fd91::2', lan: 'fd91::1', of: 'six' },
] as const

// What a container with all capabilities in its namespace may try, and what the world around may know of it.
const opened = [
  'ip -n a route add default via 10.9.4.1',
  'ip -n a -6 route add default via fd94::1',
  `ip -n outside route add 10.9.4.0/24 via ${hostAt.four}`,
  `ip -n outside -6 route add fd94::/64 via ${hostAt.six}`,
  'ip netns exec a nft add table inet seen',
  "ip netns exec a nft add chain inet seen in '{ type filter hook input priority 0; }'",
  'ip netns exec a nft add rule inet seen in th dport 80 counter',
].join('\n')

for (const plugins of ['auto', 'exec'] as const)
  describeOnHost(`DNS in an internal network, plugins = ${plugins}`, () => {
    let host: Host
    let resolver: number
    const agents: Record<string, Agent> = {}
    const log = () => readFile(`${host.folder}/dns.log`, 'utf8')
    const sh = async (script: string) => {
      const { exitCode, stdout, stderr } = await host.run(['sh', '-ec', script])
      if (exitCode !== 0) throw new Error(`${script}: ${stderr}`)
      return stdout
    }
    const idOf = (name: string) => `${name}-${host.tag}`
    const run = async (name: string, network: string) => {
      const bundle = await host.bundle(name, ['sleep', '1000'])
      const flags = ['--id', idOf(name), '--name', name, '--network', network]
      expect(await host.vethra('bundle', 'prepare', bundle, ...flags)).toMatchObject({
        exitCode: 0,
      })
      expect(await host.start(bundle, idOf(name))).toMatchObject({ exitCode: 0 })
      const { pid } = JSON.parse((await host.runc('state', idOf(name))).stdout)
      await sh(`ip netns attach ${name} ${pid}`)
    }
    const serve = async () => {
      const stdout = await sh(
        `${executable} dns >>${host.folder}/dns.log 2>&1 </dev/null & echo $!`,
      )
      resolver = Number(stdout)
    }
    const end = async (signal: NodeJS.Signals) => {
      process.kill(resolver, signal)
      await until(async () => (await host.run(['test', '-e', `/proc/${resolver}`])).exitCode !== 0)
    }
    const dig = async (from: string, ...words: readonly string[]) =>
      (await host.run(['ip', 'netns', 'exec', from, 'dig', '+time=1', '+tries=2', ...words])).stdout
    const bridgeOf = async (network: string): Promise<string> =>
      JSON.parse(await sh(`cat /etc/cni/net.d/*-${network}.conflist`)).plugins[0].bridge
    const addressesOf = async (network: string) => {
      const [link] = JSON.parse(await sh(`ip -j addr show dev ${await bridgeOf(network)}`))
      return link.addr_info
        .filter(({ scope }: { scope: string }) => scope === 'global')
        .map(({ local }: { local: string }) => local)
    }
    const isMarked = async () =>
      /elements/.test((await host.run(['nft', 'list', 'set', 'inet', 'vethra', 'dnsonly'])).stdout)
    const resolvConf = (name: string) =>
      sh(`cat /var/lib/vethra/*/containers/default/${idOf(name)}/resolv.conf`)
    const filters = (on: number) =>
      sh(`for f in iptables ip6tables; do echo ${on} >/proc/sys/net/bridge/bridge-nf-call-$f; done`)

    beforeAll(async () => {
      host = await openHost({ plugins })
      await sh('echo nameserver 192.0.2.53 >/etc/resolv.conf')
      await sh(outsideSetUp)
      const create = (...flags: readonly string[]) => host.vethra('network', 'create', ...flags)
      const both = ['--ipv6', '--subnet']
      await create(...both, '10.9.4.0/24', '--subnet', 'fd94::/64', '--internal', 'closed')
      await create(...both, '10.9.1.0/24', '--subnet', 'fd91::/64', 'lan')
      await run('a', 'closed')
      await serve()
      await run('b', 'closed')
      await run('c', 'lan')
      await until(async () => (await resolvConf('a')) === 'nameserver 10.9.4.1')
      for (const [name, port] of Object.entries({ a: 80, b: 80, c: 80, host: 2222, outside: 90 }))
        agents[name] = await startAgent(host, name, [port])
    }, 60_000)

    afterAll(async () => {
      for (const agent of Object.values(agents)) await agent.end()
      await host?.run(['kill', String(resolver)])
      await host?.close()
    })

    it('names are answered at the bridge by UDP and TCP, IPv4 and IPv6; others are refused, and there is no route', async () => {
      expect(await sh('ip -n a route; ip -n a -6 route')).not.toMatch(/default/)
      for (const { own, b } of families) {
        for (const transport of ['+notcp', '+tcp']) {
          const ask = (...words: readonly string[]) => dig('a', `@${own}`, transport, ...words)
          expect(await ask('+short', 'b', b.includes(':') ? 'AAAA' : 'A')).toBe(b)
          expect(await ask('+short', '-x', b)).toBe('b.closed.')
          expect(await ask('up.example.test')).toMatch(/status: REFUSED[\s\S]*internal network/)
        }
      }
      expect(await resolvConf('b')).toBe('nameserver 10.9.4.1')
      const found = JSON.parse((await host.vethra('doctor', '--format', 'json')).stdout)
      expect(JSON.stringify(found)).not.toMatch(/closed|br-|table inet/)
    })

    it('nothing else of the host is in reach, nothing behind it, and nobody reaches in, whatever routes there are', async () => {
      await sh(opened)
      const link = JSON.parse(await sh(`ip -j -6 addr show dev ${await bridgeOf('closed')}`))[0]
      const local = link.addr_info.find((each: { scope: string }) => each.scope === 'link')?.local
      const ask = (from: string, address: string, port: number, protocol: 'tcp' | 'udp' = 'tcp') =>
        agents[from]?.ask({ protocol, address, port })
      const seen = async () =>
        /packets (\d+)/.exec(await sh('ip netns exec a nft list ruleset'))?.[1]
      for (const on of [1, 0]) {
        await filters(on)
        for (const { own, a, c, lan, of } of families) {
          const before = await seen()
          const [said, dug] = await Promise.all([
            allSaid({
              bridge: ask('a', own, 2222),
              bridgeByUdp: ask('a', own, 2222, 'udp'),
              host: ask('a', hostAt[of], 2222),
              hostByUdp: ask('a', hostAt[of], 2222, 'udp'),
              otherBridge: ask('a', lan, 2222),
              linkLocal: local && ask('a', `${local}%eth0`, 2222),
              outside: ask('a', outside[of], 90),
              outsideByUdp: ask('a', outside[of], 90, 'udp'),
              other: ask('a', c, 80),
              fromOther: ask('c', a, 80),
              fromOtherByUdp: ask('c', a, 80, 'udp'),
              fromOutside: ask('outside', a, 80, 'udp'),
              fromHost: ask('host', a, 80),
              fromHostByUdp: ask('host', a, 80, 'udp'),
            }),
            dig('a', `@${lan}`, 'b'),
          ])
          for (const [what, each] of Object.entries(said))
            expect(each ?? 'silence', `${what} ${of} ${on}`).toMatch(/^(silence|E[A-Z]+)$/)
          expect(dug).toMatch(/timed out|unreachable/)
          expect(await seen()).toBe(before)
          expect(await ask('b', a, 80)).toMatch(/^a /)
          expect(await ask('b', a, 80, 'udp')).toMatch(/^a /)
          expect(await dig('b', '+short', `@${own}`, 'a.closed')).toBe('10.9.4.2')
        }
      }
    })

    it('a bridge that comes later is answered at once', async () => {
      const create = ['--internal', '--subnet', '10.9.5.0/24', '--gateway', '10.9.5.7']
      await host.vethra('network', 'create', ...create, '--subnet', '10.9.6.0/24', 'late')
      await run('d', 'late')
      await until(async () => (await addressesOf('late')).length === 2)
      expect(await addressesOf('late')).toEqual(['10.9.5.7', '10.9.6.1'])
      expect(await resolvConf('d')).toBe('nameserver 10.9.5.7')
      for (const server of ['10.9.5.7', '10.9.6.1'])
        expect(await dig('d', '+short', `@${server}`, 'd')).toMatch(/^10\.9\.[56]\.[12]/)
    })

    it('a stop takes the addresses back, and after a kill the next command does', async () => {
      const without = { addresses: [], marked: false, text: 'nameserver 192.0.2.53' }
      const now = async () => ({
        addresses: await addressesOf('closed'),
        marked: await isMarked(),
        text: await resolvConf('a'),
      })
      const given = {
        addresses: ['10.9.4.1', 'fd94::1'],
        marked: true,
        text: 'nameserver 10.9.4.1',
      }
      expect(await now()).toEqual(given)
      await end('SIGTERM')
      expect(await now()).toEqual(without)
      await serve()
      await until(async () => (await now()).text === given.text)
      expect(await now()).toEqual(given)
      await end('SIGKILL')
      expect(await now()).toEqual(given)
      await host.vethra('network', 'ls')
      expect(await now()).toEqual(without)
    })

    it('a bridge with an address of others is left alone, and is told', async () => {
      const bridge = await bridgeOf('closed')
      await sh(`ip addr add 10.9.4.9/24 dev ${bridge}`)
      await serve()
      await until(async () => (await log()).includes(`${bridge} has address 10.9.4.9/24`))
      await until(async () => (await resolvConf('d')) === 'nameserver 10.9.5.7')
      expect([await addressesOf('closed'), await resolvConf('a')]).toEqual([
        ['10.9.4.9'],
        'nameserver 192.0.2.53',
      ])
      expect((await host.vethra('doctor')).stdout).toMatch(/10\.9\.4\.9/)
      await sh(`ip addr del 10.9.4.9/24 dev ${bridge}`)
      await until(async () => (await resolvConf('a')) === 'nameserver 10.9.4.1')
      await host.stop(idOf('d'))
      const late = await bridgeOf('late')
      expect(await host.vethra('network', 'rm', 'late')).toMatchObject({ exitCode: 0 })
      const elements = async () => sh('nft list set inet vethra dnsonly')
      await until(async () => !(await elements()).includes(late))
      expect(await elements()).toContain(bridge)
      await end('SIGTERM')
      expect([await addressesOf('closed'), await isMarked()]).toEqual([[], false])
    })
  })
