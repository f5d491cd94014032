import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { plugins, untilAsleep } from './host.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('vethra cni and the interfaces of others', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'firewall' }]))
  })
  afterEach(() => cni.close())

  const run = (operation: string, netns: string = blue.netns, env = {}) =>
    cni.vethra(['cni', operation, 'lan', netns], env)
  const ip = (...args: readonly string[]) => cni.host.run(['ip', ...args])
  const linksIn = async (netns: string) =>
    JSON.parse((await ip('-n', netns, '-j', 'link')).stdout) as {
      ifname: string
      address: string
      operstate: string
    }[]
  const eth0 = async () => (await linksIn('blue')).find(({ ifname }) => ifname === 'eth0')

  it('an interface that nobody of ours made is refused before anything runs, and stays', async () => {
    await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
    const before = await linksIn('blue')
    const host = await cni.host.snapshot()
    const added = await run('add')
    expect(added.exitCode).toBe(1)
    expect(added.stderr).toMatch(/eth0.*\/run\/netns\/blue.*\(code 102\)/)
    expect(await linksIn('blue')).toEqual(before)
    expect(await cni.host.snapshot()).toEqual(host)
  })

  it('a path of the namespace that differs from the one it was attached by gives no second attachment', async () => {
    expect(await run('add')).toMatchObject({ exitCode: 0 })
    const before = [await eth0(), await cni.leftovers()]
    await cni.host.run(['ln', '-s', blue.netns, '/run/other'])
    for (const path of [blue.netns, '/run/other']) {
      const again = await run('add', path)
      expect(again.exitCode).toBe(1)
      expect(again.stderr).toContain('(code 102)')
      expect(again.stderr).toContain(blue.id)
      expect([await eth0(), await cni.leftovers()]).toEqual(before)
    }
    expect(await run('del')).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })

  it('an interface of programs whose name is not ASCII is looked at, checked and removed', async () => {
    const env = { CNI_IFNAME: 'é€', VETHRA_PLUGINS: 'exec' }
    expect(await run('add', blue.netns, env)).toMatchObject({ exitCode: 0 })
    const found = await cni.vethra(['doctor', '--format', 'json'])
    expect(found.stderr).not.toMatch(/^ +at /m)
    expect(JSON.parse(found.stdout)).toBeInstanceOf(Array)
    expect(found.stdout).not.toMatch(/"Kind":"(attachment|interface)/)
    expect(await run('check', blue.netns, env)).toMatchObject({ exitCode: 0 })
    expect(await run('del', blue.netns, env)).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })

  it('an interface that comes between the look and the ADD of bridge is not touched by the roll-back', async () => {
    await cni.make(
      'bridge',
      `[ $CNI_COMMAND = ADD ] && ip -n blue link add eth0 type bridge
printf '%s' "$request" | ${plugins}/bridge`,
    )
    const added = await run('add')
    expect(added.exitCode).toBe(1)
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('a pair that another runtime put on its own bridge meanwhile is not touched either', async () => {
    await cni.make(
      'bridge',
      `[ $CNI_COMMAND = ADD ] && {
ip link add theirs type bridge
ip link add vtheirs type veth peer name eth0 netns blue
ip link set vtheirs master theirs; }
printf '%s' "$request" | ${plugins}/bridge`,
    )
    expect((await run('add')).exitCode).toBe(1)
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    await ip('link', 'del', 'vtheirs')
    expect(await cni.leftovers()).toEqual([])
  })

  it('what a plugin made before it failed goes, its own and a stranger alike', async () => {
    await cni.make('bridge', `printf '%s' "$request" | ${plugins}/bridge; [ $CNI_COMMAND != ADD ]`)
    expect((await run('add')).exitCode).toBe(1)
    expect(await eth0()).toBeUndefined()
    expect(await cni.leftovers()).toEqual([])
    await cni.make(
      'wires',
      `case $CNI_COMMAND in
ADD) ip -n blue link add eth0 type bridge; exit 3 ;;
DEL) [ -z "$CNI_NETNS" ] || ip -n blue link del eth0 ;;
esac`,
    )
    const list = { cniVersion: '1.0.0', name: 'wired', plugins: [{ type: 'wires' }] }
    await cni.conf('20-wired.conflist', list)
    expect((await cni.vethra(['cni', 'add', 'wired', blue.netns])).exitCode).toBe(1)
    expect(await eth0()).toBeUndefined()
  })

  it.each(['exec', 'native'])(
    'a namespace that takes the path during an ADD is not touched by the roll-back (%s)',
    async (way) => {
      const shell = (script: string) => cni.host.run(['sh', '-ec', script])
      await shell('ip netns add other; ip link add far type veth peer name eth0 netns other')
      const { stdout: pid } = await shell(
        `ip netns exec blue sleep 600 >/dev/null 2>&1 & ${untilAsleep}; echo $!`,
      )
      await cni.make(
        'swap',
        `[ $CNI_COMMAND = ADD ] || exit 0
umount ${blue.netns}; mount --bind /run/netns/other ${blue.netns}; exit 1`,
      )
      await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'swap' }]))
      const added = await cni.vethra(['--plugins', way, 'cni', 'add', 'lan', blue.netns])
      expect(added.exitCode).toBe(1)
      expect((await linksIn('other')).map(({ ifname }) => ifname)).toEqual(['lo', 'eth0'])
      const inside = await shell(`nsenter -t ${pid} -n ip -o link`)
      await shell(`kill ${pid}; ip link del far`)
      expect(inside.stdout.split('\n')).toHaveLength(1)
      expect(await cni.leftovers()).toEqual([])
    },
  )

  it('an ADD that was killed before it made anything takes no interface that came since', async () => {
    await cni.make('bridge', '[ $CNI_COMMAND = ADD ] && kill -9 $PPID; exit 1')
    expect((await run('add')).exitCode).toBe(255)
    await cni.host.run(['rm', `${cni.host.folder}/plugins/bridge`])
    await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
    const added = await run('add')
    expect(added.exitCode).toBe(1)
    expect(added.stderr).toContain('(code 102)')
    expect(await run('del')).toMatchObject({ exitCode: 0 })
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('an ADD that was cut short is undone first, though another network asks for the name', async () => {
    // Whatever the load, it is when the interface is there, and the record has no result of all plugins.
    await cni.make('late', '[ $CNI_COMMAND = ADD ] && kill -9 $PPID; exit 0')
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'late' }]))
    expect((await run('add')).exitCode).not.toBe(0)
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    await cni.conf('20-other.conflist', { ...bridgeList('1.0.0'), name: 'other' })
    expect(await cni.vethra(['cni', 'add', 'other', blue.netns])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(await cni.leftovers()).not.toContainEqual(expect.stringContaining('/lan-'))
    await cni.vethra(['cni', 'del', 'other', blue.netns])
    expect(await cni.leftovers()).toEqual([])
  })

  it('DEL of what never was, or of a namespace that was made anew, leaves the interface there', async () => {
    await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    await ip('-n', 'blue', 'link', 'del', 'eth0')
    expect(await run('add')).toMatchObject({ exitCode: 0 })
    // Made before the other goes, so that the two differ in their inodes.
    await ip('netns', 'add', 'anew')
    await ip('netns', 'del', 'blue')
    await cni.host.run(['touch', blue.netns])
    await cni.host.run(['mount', '--bind', '/run/netns/anew', blue.netns])
    await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await eth0()).toMatchObject({ ifname: 'eth0' })
    expect(await cni.leftovers()).toEqual([])
  })

  it.each(['exec', 'native'])(
    'neither doctor --repair nor DEL removes an interface that took the name of ours since (%s)',
    async (way) => {
      const operate = (...words: readonly string[]) => cni.vethra(['--plugins', way, ...words])
      expect(await operate('cni', 'add', 'lan', blue.netns)).toMatchObject({ exitCode: 0 })
      await ip('-n', 'blue', 'link', 'del', 'eth0')
      await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
      await operate('doctor', '--repair')
      expect(await operate('cni', 'del', 'lan', blue.netns)).toMatchObject({ exitCode: 0 })
      expect(await eth0()).toMatchObject({ ifname: 'eth0' })
      expect(await cni.leftovers()).toEqual([])
    },
  )

  it.each(['exec', 'native'])(
    'DEL takes ours that lives on by another name, and not what took its name (%s)',
    async (way) => {
      const operate = (operation: string) =>
        cni.vethra(['--plugins', way, 'cni', operation, 'lan', blue.netns])
      expect(await operate('add')).toMatchObject({ exitCode: 0 })
      await ip('-n', 'blue', 'link', 'set', 'eth0', 'down')
      await ip('-n', 'blue', 'link', 'set', 'eth0', 'name', 'mine')
      await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
      expect(await operate('del')).toMatchObject({ exitCode: 0, stderr: '' })
      expect((await linksIn('blue')).map(({ ifname }) => ifname)).toEqual(['lo', 'eth0'])
      expect(await cni.leftovers()).toEqual([])
    },
  )

  it('doctor --repair changes nothing of an interface that took the name while ours lives on by another', async () => {
    expect(await run('add')).toMatchObject({ exitCode: 0 })
    await ip('-n', 'blue', 'link', 'set', 'eth0', 'down')
    await ip('-n', 'blue', 'link', 'set', 'eth0', 'name', 'mine')
    await ip('-n', 'blue', 'link', 'add', 'eth0', 'type', 'bridge')
    const foreign = async () => (await ip('-n', 'blue', 'addr', 'show', 'eth0')).stdout
    const before = await foreign()
    await cni.host.vethra('doctor', '--repair')
    expect(await foreign()).toBe(before)
    expect(before).toContain('state DOWN')
  })

  it.each([
    ['/proc/self/ns/net', ''],
    ['/proc/self/ns/mnt', ''],
    ['/run/netns/host', 'touch /run/netns/host; mount --bind /proc/self/ns/net /run/netns/host'],
    ['/run/netns/plain', 'touch /run/netns/plain'],
    ['/run/link', 'ln -s /proc/self/ns/net /run/link'],
  ])('%s is refused with code 8 before anything runs', async (path, prepare) => {
    await cni.host.run(['sh', '-c', prepare])
    await ip('link', 'add', 'eth0', 'type', 'bridge')
    await ip('link', 'set', 'lo', 'down')
    const before = [await cni.host.snapshot(), (await ip('-j', 'link')).stdout]
    for (const operation of ['add', 'check', 'del']) {
      const ran = await run(operation, path)
      expect(ran.exitCode, operation).toBe(1)
      expect(ran.stderr).toContain('(CNI code 8)')
      expect([await cni.host.snapshot(), (await ip('-j', 'link')).stdout]).toEqual(before)
    }
  })

  it.each(['chown 1000 /run/u', 'chmod 777 /run/u', 'chown -h 1000 /run/u/ns; chmod 1777 /run/u'])(
    'a path that another user can change meanwhile is refused before anything runs: %s',
    async (open) => {
      const script = `mkdir /run/u; ln -s ${blue.netns} /run/u/ns; ${open}`
      await cni.host.run(['sh', '-ec', script])
      const before = await cni.host.snapshot()
      const ran = await run('add', '/run/u/ns')
      expect(ran.exitCode).toBe(1)
      expect(ran.stderr).toContain('(CNI code 8)')
      expect(await cni.host.snapshot()).toEqual(before)
      expect((await linksIn('blue')).map(({ ifname }) => ifname)).toEqual(['lo'])
    },
  )

  it('doctor --repair leaves a bridge that others made with the MAC of its ports, and hearing routers', async () => {
    const name = 'cni0'
    await ip('link', 'add', name, 'type', 'bridge')
    await ip('link', 'set', name, 'up')
    const hearing = async () =>
      (await cni.host.run(['cat', `/proc/sys/net/ipv6/conf/${name}/accept_ra`])).stdout
    expect(await hearing()).toBe('1')
    const native = (...args: readonly string[]) => cni.vethra(['--plugins', 'native', ...args])
    expect(await native('cni', 'add', 'lan', blue.netns)).toMatchObject({ exitCode: 0 })
    expect(await hearing()).toBe('1')
    expect((await native('doctor', '--repair')).stdout).not.toMatch(/^done/m)
    expect(await hearing()).toBe('1')
  })

  it('lo is there in every namespace: it is refused to nobody, and a roll-back leaves it up', async () => {
    await cni.make('bad', '[ $CNI_COMMAND != ADD ]')
    const list = { cniVersion: '1.0.0', name: 'lo', plugins: [{ type: 'loopback' }] }
    await cni.conf('30-lo.conflist', list)
    await cni.conf('31-bad.conflist', {
      ...list,
      name: 'lobad',
      plugins: [{ type: 'loopback' }, { type: 'bad' }],
    })
    const env = { CNI_IFNAME: 'lo' }
    expect(await cni.vethra(['cni', 'add', 'lo', blue.netns], env)).toMatchObject({ exitCode: 0 })
    expect((await cni.vethra(['cni', 'add', 'lobad', blue.netns], env)).exitCode).toBe(1)
    const up = (await ip('-n', 'blue', 'addr', 'show', 'lo')).stdout
    expect(up).toMatch(/<LOOPBACK,UP/)
  })
})
