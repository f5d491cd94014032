import { afterEach, beforeEach, expect, it } from 'vitest'
import { findingKinds, findingsOn } from './doctor-findings.ts'
import { addresses, attachTwo, killRepair } from './doctor-kill.ts'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran } from './host.ts'

const reservations = '/var/lib/cni/networks'
const kills = Number(process.env['VETHRA_TEST_DOCTOR_KILLS'] ?? 1)

describeOnHost('vethra doctor', () => {
  let host: Host

  beforeEach(async () => {
    host = await openHost()
  })

  afterEach(async () => {
    await host.close()
  })

  const sh = (script: string): Promise<Ran> => host.run(['sh', '-ec', script])
  const findings = () => findingsOn(host)
  const kinds = () => findingKinds(host)

  it("tells the host's own faults with the commands that mend them", async () => {
    await host.vethra('network', 'create', 'lan')
    await host.run(['ip', 'netns', 'add', 'one'])
    await host.vethra('cni', 'add', 'lan', '/run/netns/one')
    await sh(
      [
        'echo 0 >/proc/sys/net/ipv4/ip_forward',
        'printf \'{"name":\' >/etc/cni/net.d/broken.conflist',
        'printf \'{"cniVersion":"1.0.0","name":"odd","plugins":[{"type":"missing-plugin"}]}\' >/etc/cni/net.d/odd.conflist',
        'ip link add tun0 type bridge; ip link set tun0 up; ip route add 10.4.1.128/25 dev tun0',
        'iptables-legacy -t nat -A POSTROUTING -j RETURN',
        'mkdir -p /etc/ufw; echo ENABLED=yes >/etc/ufw/ufw.conf',
        "nft add table inet strict; nft add chain inet strict fw '{ type filter hook forward priority 5; policy drop; }'",
        `touch -d '1 day' ${reservations}/lan/10.4.1.2`,
      ].join('; '),
    )
    const found = await findings()
    expect(found.map(({ Kind, Severity }) => `${Severity} ${Kind}`).toSorted()).toEqual([
      'error conf-unreadable',
      'error forwarding-off',
      'error forwarding-refused',
      'error subnet-collides',
      'info firewall-managed',
      'warning clock-jumped',
      'warning iptables-mixed',
      'warning plugin-missing',
      'warning wrong-file-system',
    ])
    expect(found.every(({ Fix, Repair }) => Fix !== '' && Repair === '')).toBe(true)
    const { exitCode, stdout } = await host.vethra('doctor', '--repair')
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'nothing to repair'])
    await sh((found.find(({ Kind }) => Kind === 'forwarding-off')?.Fix ?? '').replace(/-w/, '-qw'))
    expect(await kinds()).not.toContain('forwarding-off')
  })

  it.each([
    ['subnet', 's/10\\.4\\.1\\./10.4.9./g'],
    ['bridge', 's/"br-[^"]*"/"br-mine"/'],
  ])(
    'tells that the conf list of a network has another %s than its containers, and leaves both',
    async (_, edit) => {
      await host.vethra('network', 'create', 'lan')
      await sh('ip netns add one')
      await host.vethra('cni', 'add', 'lan', '/run/netns/one')
      expect(await kinds()).not.toContain('network-changed')
      await sh(`cd /etc/cni/net.d; cp nerdctl-lan.conflist /run/was; sed -i '${edit}' *.conflist`)
      const text = await sh('cat /etc/cni/net.d/*.conflist')
      await host.vethra('doctor', '--repair')
      expect(await kinds()).toContain('network-changed')
      expect(await sh('cat /etc/cni/net.d/*.conflist')).toEqual(text)
      await sh('cat /run/was >/etc/cni/net.d/nerdctl-lan.conflist')
      expect(await kinds()).not.toContain('network-changed')
    },
  )

  it('brings IPv6 back where it was switched off on a bridge, and inside of a container', async () => {
    await host.vethra('network', 'create', 'lan', '--ipv6')
    await sh('ip netns add one')
    const added = await host.vethra('cni', 'add', 'lan', '/run/netns/one')
    const [{ name: bridge }] = JSON.parse(added.stdout).interfaces
    const off = (link: string) => `echo 1 >/proc/sys/net/ipv6/conf/${link}/disable_ipv6`
    await sh(`${off(bridge)}; ip netns exec one sh -c '${off('eth0')}'`)
    expect(await kinds()).toEqual(
      expect.arrayContaining(['bridge-address-missing', 'inside-changed']),
    )
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
    expect(await kinds()).toEqual([])
  })

  it('finds nothing missing that it may not look at, and says what it lacks', async () => {
    await host.vethra('network', 'create', 'lan')
    for (const name of ['one', 'two']) await host.run(['ip', 'netns', 'add', name])
    await host.vethra('cni', 'add', 'lan', '/run/netns/one')
    const without = (capability: string, ...args: readonly string[]) => {
      const caps = [`--bounding-set=-${capability}`, `--inh-caps=-${capability}`]
      return host.run(['setpriv', ...caps, executable, ...args])
    }
    for (const [capability, ...command] of [
      ['net_admin', 'doctor'],
      ['net_admin', 'doctor', '--repair'],
      ['net_admin', 'cni', 'check', 'lan', '/run/netns/one'],
      ['net_admin', 'cni', 'del', 'lan', '/run/netns/one'],
      ['net_admin', 'cni', 'add', 'lan', '/run/netns/two'],
      ['sys_admin', 'cni', 'check', 'lan', '/run/netns/one'],
      ['sys_admin', 'cni', 'add', 'lan', '/run/netns/two'],
    ] as const) {
      const { exitCode, stdout, stderr } = await without(capability, ...command)
      expect.soft({ command, exitCode, stdout }).toEqual({ command, exitCode: 1, stdout: '' })
      expect.soft(stderr).toContain(`CAP_${capability.toUpperCase()}`)
    }
    expect((await without('net_admin', 'info')).exitCode).toBe(0)
    // The DEL that was refused has begun, and is remembered until it is done.
    expect(await kinds()).toEqual(['attachment-unfinished'])
    expect((await host.vethra('cni', 'del', 'lan', '/run/netns/one')).exitCode).toBe(0)
    expect(await kinds()).toEqual([])
  })

  it('says once how much is broken, and names the addresses that leak', async () => {
    await host.vethra('network', 'create', '--ipv6', 'lan')
    await host.run(['ip', 'netns', 'add', 'one'])
    const added = JSON.parse(
      (await host.vethra('--plugins', 'exec', 'cni', 'add', 'lan', '/run/netns/one')).stdout,
    )
    const addresses: readonly string[] = added.ips.map(
      ({ address }: { address: string }) => address.split('/')[0] ?? '',
    )
    expect(addresses).toHaveLength(2)
    await host.run(['ip', 'netns', 'del', 'one'])
    const { stdout, stderr } = await host.vethra('doctor')
    for (const each of addresses) {
      expect(stdout).toContain(`${reservations}/lan/${each}`)
      expect(stdout.split('\n').find((line) => line.startsWith('error'))).toContain(each)
    }
    const seen = stdout.split('\n').filter((line) => line.includes('seen:'))
    expect(seen.filter((line) => line.includes('IPv6'))).not.toEqual([])
    expect(new Set(seen).size).toBe(seen.length)
    expect(`${stdout}\n${stderr}`.match(/\b1 (error|thing)/g)).toEqual(['1 thing'])
  })

  it('goes on where root is not root of the machine, and says what it cannot see', async () => {
    await host.run(['ln', '-s', executable, '/run/vethra-here'])
    const rootless = 'setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn'
    const ran = await sh(`chmod 755 /run; ${rootless} /run/vethra-here doctor --format json`)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const found: readonly { Kind: string; Evidence: readonly string[] }[] = JSON.parse(ran.stdout)
    const unknown = found.find(({ Kind }) => Kind === 'facts-unknown')
    expect(unknown?.Evidence.join()).toContain('/proc/self/net/ip_tables_names')
  })

  it('takes up what a doctor who was killed has left undone', async () => {
    const before = await attachTwo(host)
    for (let round = 0; round < kills; round += 1) {
      const { next } = await killRepair(host, 900 + 200 * round)
      expect(next).toMatchObject({ exitCode: 0, stderr: '' })
      expect(next.stdout).not.toMatch(/^error/m)
      expect(await addresses(host)).toEqual(before)
      expect((await sh('iptables-save | grep ^-A | sort | uniq -d')).stdout).toBe('')
    }
  })
})
