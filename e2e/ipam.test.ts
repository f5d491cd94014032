import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, untilAsleep } from './host.ts'

interface Row {
  readonly Network: string
  readonly Address: string
  readonly ContainerID: string
  readonly Interface: string
  readonly Since: string
}

describeOnHost('vethra ipam', () => {
  let host: Host
  beforeEach(async () => {
    host = await openHost()
  })
  afterEach(() => host.close())

  const put = (file: string, text: string, age = '1 hour ago') =>
    host.run(
      ['sh', '-c', 'mkdir -p "$(dirname "$1")"; cat > "$1"; touch -d "$2" "$1"', 'sh', file, age],
      { input: text },
    )
  const reserve = (network: string, address: string, text: string, age?: string) =>
    put(`/var/lib/cni/networks/${network}/${address}`, text, age)
  const list = async (...args: readonly string[]) => {
    const ran = await host.vethra('ipam', 'ls', '--format', 'json', ...args)
    return JSON.parse(ran.stdout) as readonly Row[]
  }
  const addresses = async () =>
    (await list()).map(({ Network, Address }) => `${Network} ${Address}`)

  it.each(['mount -t tmpfs -o mode=755 tmpfs $F', 'mkdir /run/f; mount --bind /run/f $F'])(
    'reserves, releases and ends in a folder that is a mount of its own: %s',
    async (mount) => {
      const script = `
        F=/var/lib/cni/networks/lan; mkdir -p $F; ${mount}; ip netns add blue; ip netns add red
        "$0" network create --subnet 10.50.0.0/24 lan
        for round in 1 2; do for n in blue red; do "$0" cni add lan /run/netns/$n; done
          ls -A $F $F/..; head $F/1* $F/last*
          for n in blue red; do "$0" cni del lan /run/netns/$n; done; done
        "$0" network rm lan; ls -A $F`
      const { exitCode, stderr, stdout } = await host.run(['sh', '-ec', script, executable])
      expect(exitCode, stderr).toBe(0)
      expect(stdout.match(/^(10\.[\d.]+|last_.*|cnitool|\.v.*)/gm)).toEqual(
        [2, 4].flatMap((first) => [
          ...[`10.50.0.${first}`, `10.50.0.${first + 1}`, 'last_reserved_ip.0'],
          ...['cnitool', 'cnitool', `10.50.0.${first + 1}`],
        ]),
      )
    },
  )

  it('lists who holds what since when, by network and then by address', async () => {
    await reserve('lan', '10.4.0.10', 'b\r\neth0')
    await reserve('lan', '10.4.0.9', 'a\r\neth1', '2026-01-02 03:04:05 UTC')
    await reserve('dmz', 'fd00::2', 'old')
    await put('/srv/nets/far/10.9.0.2', 'far\r\neth0')
    await put(
      '/etc/cni/net.d/far.conflist',
      JSON.stringify({
        cniVersion: '1.0.0',
        name: 'far',
        plugins: [{ type: 'bridge', ipam: { type: 'host-local', dataDir: '/srv/nets' } }],
      }),
    )
    expect(await addresses()).toEqual([
      'dmz fd00::2',
      'far 10.9.0.2',
      'lan 10.4.0.9',
      'lan 10.4.0.10',
    ])
    expect((await list('--network', 'lan'))[0]).toEqual({
      Network: 'lan',
      Address: '10.4.0.9',
      ContainerID: 'a',
      Interface: 'eth1',
      Since: '2026-01-02T03:04:05.000Z',
    })
    const shown = await host.vethra('ipam', 'ls', '--network', 'dmz')
    expect(shown.stdout).toMatch(
      /^NETWORK {2}ADDRESS {2}CONTAINER ID {2}INTERFACE {2}SINCE\ndmz +fd00::2 +old +\S+Z$/,
    )
    const missing = await host.vethra('ipam', 'ls', '--network', 'nope')
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' })
    expect(missing.stderr).toMatch(/nope.*\(code 101\)/)
    await host.run(['rm', '-rf', '/srv/nets'])
  })

  it('gives back one address, or all of a container, and says when there is none', async () => {
    await reserve('lan', '10.4.0.2', 'a\r\neth0')
    await reserve('lan', '10.4.0.3', 'a\r\neth1')
    await reserve('lan', '10.4.0.4', 'b\r\neth0')
    await reserve('lan', 'fd00::4', 'c\r\neth0')
    const release = (...args: readonly string[]) =>
      host.vethra('ipam', 'release', '--network', 'lan', ...args)
    expect(await release('--id', 'a')).toMatchObject({ exitCode: 0, stdout: '10.4.0.2\n10.4.0.3' })
    expect(await release('--ip', 'FD00:0::4')).toMatchObject({ exitCode: 0, stdout: 'fd00::4' })
    expect(await release('--id', 'a')).toMatchObject({ exitCode: 1, stdout: '' })
    expect((await release('--ip', 'x')).exitCode).toBe(2)
    expect((await release()).exitCode).toBe(2)
    expect((await release('--ip', '10.4.0.4', '--id', 'b')).exitCode).toBe(2)
    expect(await addresses()).toEqual(['lan 10.4.0.4'])
  })

  it('gc frees what is certainly gone and keeps what shows any sign of life', async () => {
    await host.run([
      'sh',
      '-ec',
      'ip netns add blue; mkdir -p /var/lib/vethra/1234abcd/containers/default/known /run/runc/runs /var/lib/nerdctl/1935db59/containers/ns/theirs',
    ])
    await host.vethra('network', 'create', 'lan')
    expect((await host.vethra('cni', 'add', 'lan', '/run/netns/blue')).exitCode).toBe(0)
    const attached = await addresses()
    const kept = ['default-known', 'runs', 'ns-theirs', 'blue']
    for (const [index, id] of kept.entries())
      await reserve('lan', `10.99.0.${index + 2}`, `${id}\r\neth0`)
    await reserve('lan', '10.99.1.2', 'default-gone\r\neth0')
    await reserve('lan', '10.99.1.3', '')
    await reserve('lan', '10.99.1.4', '', 'now')
    await reserve('lan', '10.99.1.5', 'just-now\r\neth0', 'now')
    const before = await addresses()
    const dry = await host.vethra('ipam', 'gc', '--dry-run')
    expect(dry).toMatchObject({ exitCode: 0, stderr: '' })
    const shown = dry.stdout
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ {2,}/))
    expect(shown.map(([network, address]) => `${network} ${address}`)).toEqual([
      'lan 10.99.1.2',
      'lan 10.99.1.3',
      'lan 10.99.1.5',
    ])
    expect(shown[0]?.at(-1)).toBe(
      'no namespace, no attachment cached or recorded, unknown to every store and runtime',
    )
    expect(shown[1]?.at(-1)).toBe('empty: its writer died')
    expect(await addresses()).toEqual(before)
    const collected = await host.vethra('ipam', 'gc')
    expect(collected).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: 'lan 10.99.1.2\nlan 10.99.1.3\nlan 10.99.1.5',
    })
    expect(await addresses()).toEqual([
      ...attached,
      ...kept.map((_, index) => `lan 10.99.0.${index + 2}`),
      'lan 10.99.1.4',
    ])
  })

  it('gc keeps the address of a container while a plugin is at work for it', async () => {
    await reserve('lan', '10.99.1.5', 'coming\r\neth0')
    const script = `CNI_CONTAINERID=coming sleep 600 >/dev/null 2>&1 & ${untilAsleep}; echo $!`
    const { stdout: pid } = await host.run(['sh', '-c', script])
    expect(await host.vethra('ipam', 'gc')).toMatchObject({ exitCode: 0, stdout: '' })
    await host.run(['kill', pid])
    expect(await host.vethra('ipam', 'gc')).toMatchObject({ exitCode: 0, stdout: 'lan 10.99.1.5' })
  })
})
