import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, plugins } from './host.ts'

// An IPAM plugin of somebody's: it says what it was called with, and what it found in the namespace.
const script = `#!/bin/sh
if [ "$CNI_COMMAND" = VERSION ]; then echo '{"cniVersion":"1.1.0","supportedVersions":["1.0.0","1.1.0"]}'; exit; fi
cat >/dev/null
up=$([ -e "$CNI_NETNS" ] && nsenter --net="$CNI_NETNS" ip -o link show "$CNI_IFNAME" | grep -c 'state UP')
echo "$CNI_COMMAND $CNI_IFNAME up=$up" >>/run/calls
[ -e /run/refuse ] && { echo '{"code":11,"msg":"no lease"}'; exit 1; }
[ "$CNI_COMMAND" = ADD ] || exit 0
echo '{"cniVersion":"1.0.0","ips":[{"address":"10.33.0.9/24","gateway":"10.33.0.1"}],"routes":[{"dst":"0.0.0.0/0"}]}'
`

describeOnHost('an IPAM plugin that is not built in, below a bridge that is', () => {
  let host: Host
  beforeEach(async () => {
    host = await openHost({ plugins: 'native' })
    await host.run(['mkdir', '-p', '/run/plugins', '/etc/cni/net.d'])
    await host.run(['tee', '/run/plugins/theirs'], { input: script })
    await host.run(['chmod', '+x', '/run/plugins/theirs'])
    await host.run(['ip', 'netns', 'add', 'blue'])
  })
  afterEach(() => host.close())

  const network = (ipam: object) => {
    const bridge = { type: 'bridge', bridge: 'br-theirs', isGateway: true, ipMasq: true, ipam }
    const list = { cniVersion: '1.0.0', name: 'theirs', plugins: [bridge, { type: 'firewall' }] }
    return host.run(['tee', '/etc/cni/net.d/theirs.conflist'], { input: JSON.stringify(list) })
  }
  const cni = (operation: string, path = '/run/plugins') =>
    host.vethra('--cni-path', path, 'cni', operation, 'theirs', '/run/netns/blue')
  const calls = async () => (await host.run(['cat', '/run/calls'])).stdout.split('\n')

  it('is run once the link is up in the container, and its answer is what the container gets', async () => {
    await network({ type: 'theirs' })
    const added = await cni('add')
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    const { ips, interfaces } = JSON.parse(added.stdout)
    expect(ips).toMatchObject([{ address: '10.33.0.9/24', gateway: '10.33.0.1' }])
    const shown = (await host.run(['ip', '-n', 'blue', 'addr', 'show', 'eth0'])).stdout
    expect(shown).toContain('10.33.0.9/24')
    expect(shown).toContain(interfaces[2].mac)
    expect(await cni('check')).toMatchObject({ exitCode: 0 })
    expect(await cni('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await calls()).toEqual(['ADD eth0 up=1', 'CHECK eth0 up=1', 'DEL eth0 up=1'])
    expect((await host.run(['ip', '-n', 'blue', 'link', 'show', 'eth0'])).exitCode).toBe(1)
  })

  it('that refuses leaves neither link nor record', async () => {
    await network({ type: 'theirs' })
    await host.run(['touch', '/run/refuse'])
    expect(await cni('add')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no lease'),
    })
    expect((await calls())[0]).toBe('ADD eth0 up=1')
    expect((await host.run(['ip', '-n', 'blue', 'link', 'show', 'eth0'])).exitCode).toBe(1)
    const { links } = await host.snapshot()
    expect(links.filter((link) => link.startsWith('veth'))).toEqual([])
  })

  it('that is missing leaves nothing of the link that was made for it', async () => {
    await network({ type: 'nobody' })
    const added = await cni('add')
    expect(added).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nobody') })
    const { links, files } = await host.snapshot()
    expect(links.filter((link) => link.startsWith('veth'))).toEqual([])
    expect(files.filter((file) => /attachments|results/.test(file))).toEqual([])
  })

  it('may be dhcp: leases, renews, tells the host name, releases, and is refused before anything while no daemon answers', async () => {
    const setUp = [
      'ip netns add wire; ip link add up0 type veth peer name eth0 netns wire; ip link set up0 up',
      'ip -n wire addr add 10.33.0.1/24 dev eth0; ip -n wire link set eth0 up',
      '(exec ip netns exec wire dnsmasq --port=0 --no-daemon --conf-file=/dev/null --user=root --no-ping \\',
      '  --dhcp-range=10.33.0.50,10.33.0.59,2m --dhcp-option=6,10.33.0.7,10.33.0.8 --dhcp-leasefile=/run/leases --log-dhcp >/run/dnsmasq.log 2>&1 </dev/null & echo $! >/run/pids)',
    ]
    const sh = async (script: string) => {
      const ran = await host.run(['sh', '-ec', script])
      expect(ran).toMatchObject({ exitCode: 0 })
      return ran.stdout
    }
    const dhcp = (operation: string, ...flags: readonly string[]) =>
      host.run(
        [
          ...[executable, '--cni-path', plugins, '--log-level', 'debug', ...flags],
          ...['cni', operation, 'wire', '/run/netns/blue'],
        ],
        { env: { CNI_ARGS: 'IgnoreUnknown=1;NERDCTL_CNI_DHCP_HOSTNAME=web' } },
      )
    // The plugin asks for no resolvers: the hook does, and only where nobody gave any.
    const asksItsResolvers = async () => {
      const names = async (name: string, ...flags: readonly string[]) => {
        const id = `${name}-${host.tag}`
        const bundle = await host.bundle(id, ['sleep', '600'])
        await host.vethra(
          ...['--cni-path', plugins, 'bundle', 'prepare', bundle, '--id', id],
          ...['--network', 'wire', '--hostname', name, ...flags],
        )
        expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
        const { stdout } = await host.runc('exec', id, 'cat', '/etc/resolv.conf')
        expect(await host.stop(id)).toMatchObject({ exitCode: 0 })
        return stdout.split('\n').filter((line) => line.startsWith('nameserver'))
      }
      expect(await names('asks')).toEqual(['nameserver 10.33.0.7', 'nameserver 10.33.0.8'])
      expect(await names('told', '--dns', '192.0.2.53')).toEqual(['nameserver 192.0.2.53'])
      // A release is not answered (RFC 2131, 4.4.6): the server may read it later.
      await expect.poll(() => sh('cat /run/leases')).toBe('')
    }
    // A running container that joins such a network names its resolvers, until it leaves.
    const asksAsItJoins = async () => {
      const id = `joins-${host.tag}`
      const own = (...args: readonly string[]) =>
        host.run([executable, '--cni-path', plugins, ...args])
      await own('network', 'create', 'lan')
      const bundle = await host.bundle(id, ['sleep', '600'])
      await own('bundle', 'prepare', bundle, '--id', id, '--network', 'lan')
      expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
      const named = async () => (await host.runc('exec', id, 'cat', '/etc/resolv.conf')).stdout
      const before = await named()
      expect((await own('network', 'connect', 'wire', id)).exitCode).toBe(0)
      expect(await named()).toMatch(/^nameserver 10\.33\.0\.7\nnameserver 10\.33\.0\.8/m)
      expect((await own('network', 'disconnect', 'wire', id)).exitCode).toBe(0)
      expect(await named()).toBe(before)
      await host.stop(id)
    }
    await sh(setUp.join('\n'))
    const options = ['-d', 'macvlan', '-o', 'parent=up0', '--ipam-driver', 'dhcp']
    const made = await host.vethra('network', 'create', ...options, 'wire')
    expect(made).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('/run/cni/dhcp.sock'),
    })
    const before = await host.snapshot()
    expect(await dhcp('add')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('/run/cni/dhcp.sock (CNI code 11)'),
    })
    expect(await host.snapshot()).toEqual(before)
    // Of busybox: dnsmasq gives no lease below two minutes. Its lease runs out, and is renewed, while the rest goes on.
    const shortLeases = [
      'ip netns add short; ip link add up1 type veth peer name eth0 netns short; ip link set up1 up',
      'ip -n short addr add 10.34.0.1/24 dev eth0; ip -n short link set eth0 up; ip netns add red; touch /run/short.leases',
      'printf "%s\\n" "start 10.34.0.50" "end 10.34.0.59" "interface eth0" "min_lease 2" "option lease 8" \\',
      '  "option subnet 255.255.255.0" "lease_file /run/short.leases" "pidfile /run/short.pid" >/run/short.conf',
      '(exec ip netns exec short busybox udhcpd -f /run/short.conf >/run/short.log 2>&1 </dev/null &)',
    ]
    const short = (operation: string) =>
      host.run([executable, '--cni-path', plugins, 'cni', operation, 'short', '/run/netns/red'])
    const leasesShort = async () => {
      await sh(shortLeases.join('\n'))
      await host.run([
        ...[executable, 'network', 'create', '-d', 'macvlan', '-o', 'parent=up1'],
        ...['--ipam-driver', 'dhcp', 'short'],
      ])
      expect(await short('add')).toMatchObject({ exitCode: 0 })
      return performance.now()
    }
    const isRenewed = async (began: number) => {
      await setTimeout(Math.max(0, began + 9000 - performance.now()))
      // Without a renewal the daemon has taken it down by now.
      expect(await sh('ip -n red -o addr show eth0 up')).toMatch(/ 10\.34\.0\.5\d\/24 /)
      expect(await sh('grep -c "short/eth0: renewing lease" /run/dhcp.log')).toMatch(/^[1-9]/)
      expect(await short('del')).toMatchObject({ exitCode: 0 })
    }
    const startDaemon = `mkdir -p /run/cni; rm -f /run/cni/dhcp.sock
      (exec ${plugins}/dhcp daemon >>/run/dhcp.log 2>&1 </dev/null & echo $! >>/run/pids)
      until [ -S /run/cni/dhcp.sock ]; do sleep 0.1; done`
    await sh(startDaemon)
    try {
      const began = await leasesShort()
      const added = await dhcp('add')
      expect(added).toMatchObject({ exitCode: 0 })
      // The link is up when the plugin is called. Where it is not, the daemon's first DISCOVER is lost, and the next one four seconds later.
      const [, leasingMs] = /ADD \S*\/dhcp (\d+) ms/.exec(added.stderr) ?? []
      expect(Number(leasingMs)).toBeLessThan(3000)
      expect(JSON.parse(added.stdout).ips[0].address).toMatch(/^10\.33\.0\.5\d\/24$/)
      expect(await sh('cut -d" " -f4 /run/leases')).toBe('web')
      expect(await dhcp('del')).toMatchObject({ exitCode: 0 })
      expect(await sh('cat /run/leases; grep -c DHCPRELEASE /run/dnsmasq.log')).toBe('1')
      await asksItsResolvers()
      await asksAsItJoins()
      await isRenewed(began)
      // A lease that cannot be given back stays until it can.
      expect(await dhcp('add')).toMatchObject({ exitCode: 0 })
      await sh('kill $(tail -n 1 /run/pids)')
      expect(await dhcp('del')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('vethra-dhcp.socket'),
      })
      await sh(startDaemon)
      expect(await dhcp('del')).toMatchObject({ exitCode: 0 })
      // No server: told in time, and nothing is left.
      await sh('kill $(head -n 1 /run/pids)')
      const alone = await host.snapshot()
      expect(await dhcp('add', '--plugin-timeout', '1')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('no DHCP server'),
      })
      expect(await host.snapshot()).toEqual(alone)
    } finally {
      await sh('kill $(cat /run/pids /run/short.pid) || true')
    }
  })
})
