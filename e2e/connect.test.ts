import { once } from 'node:events'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

const done = { exitCode: 0, stderr: '' }
const rounds = Number(process.env['VETHRA_TEST_CONNECTS'] ?? 3)

// A sample of the steps of a kill, or each.
const isWhole = process.env['VETHRA_TEST_KILLS'] === 'all'
const stride = isWhole ? 1 : 6

describeOnHost('vethra network connect and disconnect', () => {
  let host: Host
  let web: string
  let peer: string

  beforeEach(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    peer = `peer-${host.tag}`
    await host.vethra('network', 'create', 'front')
    await host.vethra('network', 'create', 'back')
    for (const [id, network] of [
      [web, 'front'],
      [peer, 'back'],
    ] as const) {
      const bundle = await host.bundle(id, ['sleep', '600'])
      await host.vethra(
        'bundle',
        'prepare',
        bundle,
        '--id',
        id,
        '--network',
        network,
        '--hostname',
        id.split('-')[0] ?? '',
      )
      expect((await host.start(bundle, id)).exitCode).toBe(0)
    }
  })

  afterEach(async () => {
    await host.close()
  })

  const ping = (from: string, name: string) =>
    host.runc('exec', from, 'ping', '-c', '1', '-W', '1', name)
  const reservations = async () =>
    (await host.snapshot()).files.filter((file) => /networks\/back\/\d/.test(file))

  it('work on a running container: interface, address and names come and go', async () => {
    const before = await host.snapshot()
    for (let round = 0; round < rounds; round += 1) {
      expect(await host.vethra('network', 'connect', '--alias', 'shop', 'back', web)).toMatchObject(
        { exitCode: 0, stderr: '' },
      )
      expect((await ping(peer, 'shop')).stdout).toMatch(/1 packets received/)
      expect((await ping(web, 'peer')).stdout).toMatch(/1 packets received/)
      expect(await host.vethra('network', 'disconnect', 'back', web)).toMatchObject({
        exitCode: 0,
        stderr: '',
      })
      expect((await host.runc('exec', peer, 'cat', '/etc/hosts')).stdout).not.toMatch(/shop/)
      expect((await host.runc('exec', web, 'ip', 'link')).stdout).not.toMatch(/eth1/)
    }
    const after = await host.snapshot()
    expect(after.files).toEqual(before.files)
    expect(after.rules).toEqual(before.rules)
    expect(after.links).toHaveLength(before.links.length)
  })

  it('connect nothing where the copy of the conf list cannot be written', async () => {
    const folder = '/var/lib/vethra/*/conflists'
    const spoilt = await host.run(['sh', '-ec', `for f in ${folder}; do rm -r $f; touch $f; done`])
    expect(spoilt.exitCode).toBe(0)
    const before = await host.snapshot()
    const connected = await host.vethra('network', 'connect', '--alias', 'shop', 'back', web)
    expect(connected).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('/conflists') })
    expect(await host.snapshot()).toEqual(before)
    const { stdout } = await host.vethra('container', 'inspect', web)
    expect(Object.keys(JSON.parse(stdout).Networks)).toEqual(['front'])
  })

  it('go although the container holds a lease on its hosts file: it is said, and the next operation writes the names', async () => {
    const path = `/var/lib/vethra/*/etchosts/default/${web}/hosts`
    // F_SETLEASE, F_RDLCK: a container's root can do so, as the file is its own user's.
    const program = `$SIG{IO} = "IGNORE"; open(F, "<", glob($ARGV[0])) and fcntl(F, 1024, 0) or die; $| = 1; print "held\n"; sleep 60`
    const holder = execa('nsenter', [...host.enter, '--', 'perl', '-e', program, path], {
      reject: false,
    })
    await once(holder.stdout, 'data')
    const connected = await host.vethra('network', 'connect', '--alias', 'shop', 'back', web)
    expect(connected.exitCode, connected.stderr).toBe(0)
    expect(connected.stderr).toMatch(/lease/)
    expect(connected.stderr).not.toMatch(/ulimit/)
    expect((await ping(peer, 'shop')).stdout).toMatch(/1 packets received/)
    holder.kill('SIGKILL')
    await holder
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ stderr: '' })
    expect((await ping(web, 'peer')).stdout).toMatch(/1 packets received/)
  })

  it('a connect that was killed is undone by the next one: the container has one interface there', async () => {
    for (const step of [7, 11, 15, 19]) {
      const env = { VETHRA_FAULT: `kill:${step}` }
      const { stderr } = await host.run([executable, 'network', 'connect', 'back', web], { env })
      expect(stderr).toMatch(/killed at step/)
      const connected = await host.vethra('network', 'connect', 'back', web)
      expect(connected, stderr).toMatchObject({ exitCode: 0, stderr: '' })
      const { stdout } = await host.runc('exec', web, 'ip', '-o', 'link')
      expect(stdout.match(/(?<=^\d+: )eth\d/gm), stderr).toEqual(['eth0', 'eth1'])
      expect(await reservations(), stderr).toHaveLength(2)
      const left = await host.vethra('network', 'disconnect', 'back', web)
      expect(left, stderr).toMatchObject({ exitCode: 0, stderr: '' })
    }
  })

  it.each([
    ['a connect', 'connect'],
    ['another disconnect', 'disconnect'],
  ])('a disconnect that was killed is ended by %s', async (_, again) => {
    const refused = [
      ['connect', /connected to network back already/],
      ['disconnect', /not connected to network back/],
    ]
    const [, whole] = refused.find(([name]) => name === again) ?? []
    let [ended, at] = [0, 'begun']
    for (let step = 1; at !== ''; step += stride) {
      await host.vethra('network', 'connect', '--alias', 'shop', 'back', web)
      const env = { VETHRA_FAULT: `kill:${step}` }
      const argv = [executable, 'network', 'disconnect', 'back', web]
      at = /killed at step (.*)/.exec((await host.run(argv, { env })).stderr)?.[1] ?? ''
      const next = await host.vethra('network', again, 'back', web)
      ended += next.exitCode === 0 ? 1 : 0
      if (next.exitCode !== 0) expect(next.stderr, at).toMatch(whole ?? '')
      const { stdout: links } = await host.runc('exec', web, 'ip', '-o', 'link')
      const { stdout: peers } = await host.runc('exec', peer, 'cat', '/etc/hosts')
      const isIn = again === 'connect'
      expect(links.match(/(?<=^\d+: )eth\d/gm), at).toEqual(isIn ? ['eth0', 'eth1'] : ['eth0'])
      expect(await reservations(), at).toHaveLength(isIn ? 2 : 1)
      expect(/web/.test(peers), at).toBe(isIn)
      expect(/shop/.test(peers), at).toBe(isIn && next.exitCode !== 0)
      if (isIn) expect((await ping(peer, 'web')).stdout, at).toMatch(/1 packets received/)
      if (isIn) expect(await host.vethra('network', 'disconnect', 'back', web)).toMatchObject(done)
    }
    expect(ended).toBeGreaterThan(2)
  })

  it.each([
    ['disconnect', isWhole ? 1 : 7],
    ['connect', isWhole ? 1 : 5],
  ])('a %s that was killed is ended, or undone, by a repair', async (verb, stride) => {
    const decisions = `/var/lib/vethra/*/containers/default/${web}/vethra.json`
    const ways = new Set<boolean>()
    for (let step = 1, at = 'begun'; at !== ''; step += stride) {
      const connect = ['network', 'connect', '--alias', 'shop', 'back', web]
      const disconnect = ['network', 'disconnect', 'back', web]
      const [before, killed] = verb === 'connect' ? [disconnect, connect] : [connect, disconnect]
      await host.vethra(...before)
      const env = { VETHRA_FAULT: `kill:${step}` }
      const argv = [executable, ...killed]
      at = /killed at step (.*)/.exec((await host.run(argv, { env })).stderr)?.[1] ?? ''
      expect((await host.vethra('doctor', '--repair')).exitCode, at).toBe(0)
      const isIn = (await host.run(['sh', '-c', `cat ${decisions}`])).stdout.includes('"back"')
      const { stdout: links } = await host.runc('exec', web, 'ip', '-o', 'link')
      const { stdout: peers } = await host.runc('exec', peer, 'cat', '/etc/hosts')
      expect(links.match(/(?<=^\d+: )eth\d/gm), at).toEqual(isIn ? ['eth0', 'eth1'] : ['eth0'])
      expect(await reservations(), at).toHaveLength(isIn ? 2 : 1)
      expect(/shop/.test(peers), at).toBe(isIn)
      expect((await host.vethra('doctor')).stdout, at).not.toMatch(/^error/m)
      ways.add(isIn)
    }
    expect(ways.size).toBe(2)
    await host.vethra('network', 'disconnect', 'back', web)
  })

  it('a connection is made again at the next start, and goes with the container', async () => {
    expect(
      (await host.vethra('network', 'connect', '--ip', '10.4.2.77', 'back', web)).exitCode,
    ).toBe(0)
    expect(await reservations()).toHaveLength(2)
    expect((await host.stop(web)).exitCode).toBe(0)
    expect(await reservations()).toHaveLength(1)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).toBe(0)
    const addresses = (await host.runc('exec', web, 'ip', '-o', '-4', 'addr', 'show', 'eth1'))
      .stdout
    expect(addresses).toMatch(/10\.4\.2\.77/)
    await host.stop(web)
    expect((await host.vethra('bundle', 'rm', web)).exitCode).toBe(0)
    expect((await host.snapshot()).files.filter((file) => file.includes(web))).toEqual([])
  })

  it('after a disconnect in the middle, stopping frees what is left', async () => {
    await host.vethra('network', 'create', 'third')
    for (const network of ['back', 'third']) await host.vethra('network', 'connect', network, web)
    await host.vethra('network', 'disconnect', 'back', web)
    expect((await host.runc('exec', web, 'ip', 'link')).stdout).toMatch(/eth2/)
    await host.stop(web)
    const left = (await host.snapshot()).files.filter((file) =>
      /networks\/(front|third)\/\d|results\/.*web/.test(file),
    )
    expect(left).toEqual([])
  })

  it('address and hardware address are as asked, and a network is meant by its id as well', async () => {
    const dual = (
      await host.vethra('network', 'create', '--ipv6', '--subnet', 'fd00:7::/64', 'dual')
    ).stdout
    const asked = ['--ip', '10.4.3.9', '--ip6', 'fd00:7::9', '--mac-address', '02:42:00:00:00:09']
    const ran = await host.vethra('network', 'connect', ...asked, dual.slice(0, 12), web)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    const shown = JSON.parse((await host.vethra('container', 'inspect', web)).stdout)
    expect(shown.Networks.dual).toMatchObject({
      Interface: 'eth1',
      MacAddress: '02:42:00:00:00:09',
      Addresses: expect.arrayContaining(['10.4.3.9/24', 'fd00:7::9/64']),
    })
    const [inspected] = JSON.parse((await host.vethra('network', 'inspect', 'dual')).stdout)
    expect(inspected.Containers[web]).toMatchObject({
      IPv4Address: '10.4.3.9/24',
      IPv6Address: 'fd00:7::9/64',
    })
    expect((await host.vethra('network', 'disconnect', dual, web)).exitCode).toBe(0)
    expect((await host.vethra('network', 'rm', 'dual')).exitCode).toBe(0)
  })

  it('in a network with static addresses each container brings its own, at its start and live', async () => {
    const made = [
      '--ipam-driver',
      'static',
      '--ipv6',
      '--subnet',
      '10.90.0.0/24',
      '--subnet',
      'fd00:90::/64',
    ]
    expect(await host.vethra('network', 'create', ...made, 'fixed')).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    const id = `still-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const prepare = (network: string) =>
      host.vethra('bundle', 'prepare', bundle, '--id', id, '--network', network)
    expect((await prepare('fixed')).stderr).toMatch(/fixed.*IPv6.*\(code 101\)/)
    expect((await prepare('fixed:ip=10.90.0.5,ip6=fd00:90::5')).exitCode).toBe(0)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
    expect((await host.vethra('network', 'connect', 'fixed', web)).stderr).toMatch(
      /fixed.*IPv6.*\(code 101\)/,
    )
    expect(
      (
        await host.vethra(
          'network',
          'connect',
          '--ip',
          '10.90.0.6',
          '--ip6',
          'fd00:90::6',
          'fixed',
          web,
        )
      ).exitCode,
    ).toBe(0)
    expect((await ping(web, '10.90.0.5')).stdout).toMatch(/1 packets received/)
    const routes = await host.runc('exec', id, 'ip', '-6', 'route')
    expect(routes.stdout).toMatch(/default via fd00:90::1/)
    expect((await host.vethra('network', 'disconnect', 'fixed', web)).exitCode).toBe(0)
    await host.stop(id)
    expect((await host.vethra('network', 'rm', 'fixed')).exitCode).toBe(0)
  })

  it('a container may leave its only network, live without, and join another, ports included', async () => {
    const id = `lone-${host.tag}`
    const bundle = await host.bundle(id, ['httpd', '-f', '-p', '80', '-h', '/etc'])
    await host.vethra(
      'bundle',
      'prepare',
      bundle,
      '--id',
      id,
      '--name',
      'lone',
      '--network',
      'front',
      '-p',
      '8080:80',
    )
    const start = async () => expect((await host.start(bundle, id)).exitCode).toBe(0)
    const links = async () => (await host.runc('exec', id, 'ip', '-o', 'link')).stdout.split('\n')
    const state = async () =>
      JSON.parse((await host.vethra('container', 'inspect', id)).stdout).State
    await start()
    expect((await host.vethra('network', 'disconnect', 'front', id)).exitCode).toBe(0)
    expect(await links()).toHaveLength(1)
    expect(await state()).toBe('running')
    expect((await host.vethra('doctor')).stdout).not.toMatch(/^error/m)
    await host.stop(id)
    expect(await state()).toBe('stopped')
    await start()
    expect([await links(), await state()]).toEqual([
      expect.toSatisfy((each) => each.length === 1),
      'running',
    ])
    expect((await host.vethra('network', 'connect', 'back', id)).exitCode).toBe(0)
    expect((await ping(peer, 'lone')).stdout).toMatch(/1 packets received/)
    const page = await host.run([
      'busybox',
      'wget',
      '-q',
      '-O',
      '-',
      'http://127.0.0.1:8080/hostname',
    ])
    expect(page).toMatchObject({ exitCode: 0 })
    await host.stop(id)
    expect((await host.vethra('bundle', 'rm', id)).exitCode).toBe(0)
  })

  it('many at once are done one after the other: nobody overwrites what another remembered', async () => {
    const names = ['one', 'two', 'three', 'four']
    for (const name of names) await host.vethra('network', 'create', name)
    const each =
      (...words: readonly string[]) =>
      (name: string) =>
        host.vethra('network', ...words, name, web)
    const connected = await Promise.all(names.map(each('connect')))
    expect(connected.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
      names.map(() => [0, '']),
    )
    const networks = async () =>
      Object.keys(
        JSON.parse((await host.vethra('container', 'inspect', web)).stdout).Networks,
      ).sort()
    expect(await networks()).toEqual(['front', ...names].sort())
    const left = await Promise.all(names.map(each('disconnect')))
    expect(left.map(({ exitCode }) => exitCode)).toEqual(names.map(() => 0))
    expect(await networks()).toEqual(['front'])
  })

  it('a network whose conf list has gone can be left, and rm tells who is in one, by name', async () => {
    await host.vethra('network', 'connect', 'back', web)
    await host.vethra('container', 'rename', web, 'shop')
    expect(await host.vethra('network', 'rm', 'back')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`network "back" is in use by container ["${peer}","shop"]`),
    })
    await host.run(['rm', '/etc/cni/net.d/nerdctl-back.conflist'])
    expect((await host.vethra('network', 'disconnect', 'back', 'shop')).exitCode).toBe(0)
    expect((await host.runc('exec', web, 'ip', 'link')).stdout).not.toMatch(/eth1/)
    expect(await reservations()).toHaveLength(1)
  })

  it('a stopped container is connected at its next start', async () => {
    await host.stop(web)
    expect((await host.vethra('network', 'connect', 'back', web)).exitCode).toBe(0)
    expect(await reservations()).toHaveLength(1)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).toBe(0)
    expect((await ping(peer, 'web')).stdout).toMatch(/1 packets received/)
    await host.stop(web)
    expect((await host.vethra('network', 'disconnect', 'back', web)).exitCode).toBe(0)
    expect((await host.start(`${host.folder}/${web}`, web)).exitCode).toBe(0)
    expect((await host.runc('exec', web, 'ip', 'link')).stdout).not.toMatch(/eth1/)
  })

  it('what cannot be is refused, and changes nothing', async () => {
    const shown = JSON.parse((await host.vethra('container', 'inspect', peer)).stdout)
    const taken = shown.Networks.back.MacAddress.toUpperCase()
    const before = await host.snapshot()
    const rows: readonly [readonly string[], string][] = [
      [['connect', '--mac-address', taken, 'back', 'WEB'], `is used by container ${peer}`],
      [['connect', '--dry-run', '--mac-address', taken, 'back', 'WEB'], `by container ${peer}`],
      [['connect', 'front', 'WEB'], 'is connected to network front already'],
      [['connect', 'nowhere', 'WEB'], '"nowhere" (code 101)'],
      [['connect', 'back', 'nobody'], '"nobody" (code 101)'],
      [['connect', 'host', 'WEB'], 'bundle prepare --network host'],
      [['connect', '--ip', 'x', 'back', 'WEB'], 'x'],
      [['connect', '--ip', '10.9.9.9', 'back', 'WEB'], '10.9.9.9'],
      [['connect', '--ip6', 'fd00::9', 'back', 'WEB'], 'fd00::9'],
      [['disconnect', 'back', 'WEB'], 'back (code 101)'],
      [['disconnect', 'nowhere', 'WEB'], 'nowhere (code 101)'],
      [['connect', '--mac-address', '01:00:00:00:00:01', 'back', 'WEB'], '--mac-address'],
    ]
    for (const [args, said] of rows) {
      const ran = await host.vethra('network', ...args.map((each) => (each === 'WEB' ? web : each)))
      expect.soft(ran.exitCode, args.join(' ')).toBeGreaterThan(0)
      expect.soft(ran.stderr).toContain(said)
    }
    const bundle = `${host.folder}/${web}`
    const { stdout: networks } = await host.vethra('network', 'ls', '--quiet')
    for (const network of [['--network', 'back'], []]) {
      const moved = await host.vethra('bundle', 'prepare', bundle, '--id', web, ...network)
      expect
        .soft(moved)
        .toMatchObject({ exitCode: 1, stderr: expect.stringContaining('(code 102)') })
    }
    expect((await host.vethra('network', 'ls', '--quiet')).stdout).toBe(networks)
    expect(await host.snapshot()).toEqual(before)
  })

  it('a container that ends while it is connected is in no network that it was not in before', async () => {
    const plugin = `#!/bin/sh
      pid=\${CNI_NETNS#/proc/}
      [ $CNI_COMMAND = ADD ] && kill -9 \${pid%%/*} && while readlink /proc/$pid >/dev/null; do sleep 0.05; done
      echo '{"cniVersion":"1.0.0"}'`
    const list = { cniVersion: '1.0.0', name: 'slow', plugins: [{ type: 'slow' }] }
    const write =
      'mkdir /run/plugins; cat >/run/plugins/slow; chmod +x /run/plugins/slow; echo "$1" >/etc/cni/net.d/slow.conflist'
    await host.run(['sh', '-c', write, 'sh', JSON.stringify(list)], { input: plugin })
    const env = { CNI_PATH: '/run/plugins' }
    const connected = await host.run([executable, 'network', 'connect', 'slow', web], { env })
    expect(connected).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('CNI code 8') })
    expect((await host.run(['ls', '/var/lib/vethra/attachments'])).stdout).not.toContain('slow')
    const { stdout } = await host.run([
      'sh',
      '-c',
      `cat /var/lib/vethra/*/containers/default/${web}/vethra.json`,
    ])
    expect(JSON.parse(stdout).networks).toEqual([{ ref: 'front', aliases: [] }])
  })
})
