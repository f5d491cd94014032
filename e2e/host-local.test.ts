import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { type Host, openHost } from './host.ts'
import { type Answer, callPlugin, filesOf, type PluginCall, pluginFolder } from './ipam-plugin.ts'

// The rows are those of the facts on the reference plugins, section 9; their numbers stand in the titles.
describeOnHost('host-local', () => {
  let host: Host
  let plugin: string
  let dataDir: string
  let count = 0
  beforeAll(async () => {
    host = await openHost()
    plugin = `${await pluginFolder(host)}/host-local`
  })
  afterAll(() => host.close())

  /** A fresh folder, and a conf that uses it. */
  function fresh(ipam: object, more: object = {}): object {
    count += 1
    dataDir = `/var/lib/test/${count}`
    return {
      cniVersion: '1.0.0',
      name: 'n',
      ...more,
      ipam: { type: 'host-local', dataDir, ...ipam },
    }
  }
  const call = (command: string, conf: object | string, more: Partial<PluginCall> = {}) =>
    callPlugin(host, plugin, { command, conf, ...more })
  const add = (conf: object, id: string, more: Partial<PluginCall> = {}) =>
    call('ADD', conf, { id, ...more })
  const del = (conf: object, id: string, more: Partial<PluginCall> = {}) =>
    call('DEL', conf, { id, ...more })
  const files = () => filesOf(host, `${dataDir}/n`)
  const put = (name: string, text: string, age = '1 hour ago') =>
    host.run(
      [
        'sh',
        '-c',
        `mkdir -p ${dataDir}/n; cat > "${dataDir}/n/$1"; touch -d "$2" "${dataDir}/n/$1"`,
        'sh',
        name,
        age,
      ],
      { input: text },
    )
  const first = ({ json }: Answer) =>
    (json?.['ips'] as { address: string }[] | undefined)?.[0]?.address
  const message = ({ json }: Answer) => json?.['msg']

  it('H1, H2, H8: gives one address a set with routes and dns, and takes them back', async () => {
    await host.run(['sh', '-c', 'echo "nameserver 192.0.2.3" > /etc/test-resolv.conf'])
    const routes = [
      { dst: '0.0.0.0/0' },
      { dst: '::/0' },
      { dst: '192.168.0.0/16', gw: '1.1.1.1' },
      { dst: '2001:db8:2::0/64', gw: '2001:db8:3::1' },
    ]
    const conf = fresh({
      resolvConf: '/etc/test-resolv.conf',
      ranges: [
        [{ subnet: '10.1.2.0/24' }, { subnet: '10.2.2.0/24' }],
        [{ subnet: '2001:db8:1::0/64' }],
      ],
      routes,
    })
    const added = await add(conf, 'dummy')
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    expect(added.json).toEqual({
      cniVersion: '1.0.0',
      ips: [
        { address: '10.1.2.2/24', gateway: '10.1.2.1' },
        { address: '2001:db8:1::2/64', gateway: '2001:db8:1::1' },
      ],
      routes: [...routes.slice(0, 3), { dst: '2001:db8:2::/64', gw: '2001:db8:3::1' }],
      dns: { nameservers: ['192.0.2.3'] },
    })
    expect(await files()).toEqual({
      '10.1.2.2': 'dummy\r\neth0',
      '2001:db8:1::2': 'dummy\r\neth0',
      'last_reserved_ip.0': '10.1.2.2',
      'last_reserved_ip.1': '2001:db8:1::2',
      lock: '',
    })
    expect(await del(conf, 'dummy')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    expect(Object.keys(await files())).toEqual(['last_reserved_ip.0', 'last_reserved_ip.1', 'lock'])
    const modes = await host.run([
      'stat',
      '-c',
      '%a %n',
      `${dataDir}`,
      `${dataDir}/n`,
      `${dataDir}/n/lock`,
    ])
    expect(modes.stdout.split('\n').map((line) => line.slice(0, 3))).toEqual(['755', '755', '750'])
  })

  it('H4, H37, H41: refuses a second address to one interface, and goes round', async () => {
    const conf = fresh({ subnet: '10.1.2.0/24' })
    await add(conf, 'dummy')
    const again = await add(conf, 'dummy')
    expect(again).toMatchObject({ exitCode: 1 })
    expect(again.json).toEqual({
      code: 999,
      msg: 'failed to allocate for range 0: 10.1.2.2 has been allocated to dummy, duplicate allocation is not allowed',
    })
    expect(first(await add(conf, 'dummy1'))).toBe('10.1.2.3/24')
    expect(first(await add(conf, 'dummy', { ifname: 'eth1' }))).toBe('10.1.2.4/24')
    await del(conf, 'dummy')
    expect(first(await add(conf, 'dummy'))).toBe('10.1.2.5/24')
  })

  it('H5, H49: takes back what older versions wrote, and nothing that only looks alike', async () => {
    const conf = fresh({ subnet: '10.1.2.0/24' })
    await put('10.1.2.2', 'dummy')
    await put('10.1.2.3', 'dummy\neth0')
    await put('10.1.2.4', ' \tid\r\neth0\n\n')
    await del(conf, 'dummy')
    await del(conf, 'id')
    expect(Object.keys(await files())).toEqual(['10.1.2.3', 'lock'])
  })

  it('H10, H11, H16, H17: gives what is asked for by name', async () => {
    const two = { ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.3.0/24' }]] }
    const ips = { args: { cni: { ips: ['10.1.2.88', '10.1.3.77'] } } }
    const both = await add(fresh(two, ips), 'a')
    expect(both.json?.['ips']).toMatchObject([
      { address: '10.1.2.88/24' },
      { address: '10.1.3.77/24' },
    ])
    const old = await add(fresh(two, { ...ips, cniVersion: '0.2.0' }), 'a')
    expect(message(old)).toBe('CNI version 0.2.0 does not support more than 1 address per family')
    const mixed = {
      ranges: [
        [{ subnet: '172.16.1.0/24' }, { subnet: '10.1.2.0/24' }],
        [{ subnet: '2001:db8:1::/48' }],
      ],
    }
    const runtimeConfig = { ips: ['2001:db8:1::999'] }
    const answer = await add(fresh(mixed, { runtimeConfig }), 'a', { args: 'IP=10.1.2.88/24' })
    expect(answer.json?.['ips']).toMatchObject([
      { address: '10.1.2.88/24' },
      { address: '2001:db8:1::999/48' },
    ])
  })

  it.each([
    [
      'H19',
      [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.2.0/24' }]],
      'range set 0 overlaps with 1',
    ],
    [
      'H20',
      [[{ subnet: '10.1.0.0/22' }, { subnet: '10.1.2.0/24' }]],
      'invalid range set 0: subnets 10.1.0.1-10.1.3.254 and 10.1.2.1-10.1.2.254 overlap',
    ],
    [
      'H23',
      [[{ subnet: '192.0.2.12/24' }]],
      'invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
    ],
    [
      'H25',
      [[{ subnet: '192.0.2.0/31' }]],
      'invalid range set 0: Network 192.0.2.0/31 too small to allocate from',
    ],
    [
      'H25 in IPv6',
      [[{ subnet: 'fd00::/127' }]],
      'invalid range set 0: Network fd00::/127 too small to allocate from',
    ],
    [
      'H26',
      [[{ subnet: '192.0.2.0/24', rangeStart: '192.0.3.0' }]],
      'invalid range set 0: RangeStart 192.0.3.0 not in network 192.0.2.0/24',
    ],
    ['no ranges', [], 'no IP ranges specified'],
    ['an empty set', [[]], 'invalid range set 0: empty range set'],
    [
      'a number for a subnet',
      [[{ subnet: 5 }]],
      'json: cannot unmarshal number into Go struct field Range.ipam.ranges.subnet of type string',
    ],
  ])("%s: %j is refused in host-local's words, by ADD and CHECK alike", async (_, ranges, text) => {
    const conf = fresh({ ranges })
    for (const command of ['ADD', 'CHECK']) {
      const answer = await call(command, conf)
      expect(answer.exitCode).toBe(1)
      expect(answer.json).toEqual({ code: 999, msg: text })
    }
  })

  it('H29, H31, H32, H34, H38, H44: walks a set to its end, round and round', async () => {
    const conf = fresh({ subnet: '192.168.1.0/29' })
    for (const last of [2, 3, 4, 5, 6]) {
      expect(first(await add(conf, `c${last}`))).toBe(`192.168.1.${last}/29`)
    }
    const full = await add(conf, 'more')
    expect(full.json).toMatchObject({
      code: 999,
      msg: 'failed to allocate for range 0: no IP addresses available in range set: 192.168.1.1-192.168.1.6',
      details: '5 addresses, 5 reserved by 5 containers, 0 of them look dead',
    })
    const asked = await add(conf, 'more', { args: 'IP=192.168.1.5' })
    expect(message(asked)).toBe(
      'failed to allocate for range 0: requested IP address 192.168.1.5 is not available in range set 192.168.1.1-192.168.1.6',
    )
    await del(conf, 'c3')
    expect(first(await add(conf, 'late'))).toBe('192.168.1.3/29')
    const edges = fresh({ subnet: '10.0.0.0/30', rangeStart: '10.0.0.0', rangeEnd: '10.0.0.3' })
    expect(first(await add(edges, 'a'))).toBe('10.0.0.0/30')
    expect(first(await add(edges, 'b'))).toBe('10.0.0.2/30')
    expect(first(await add(edges, 'c'))).toBe('10.0.0.3/30')
    const three = fresh({
      ranges: [[{ subnet: '10.0.0.0/30' }, { subnet: '10.0.1.0/30' }, { subnet: '10.0.2.0/30' }]],
    })
    await put('last_reserved_ip.0', '10.0.2.2')
    expect(first(await add(three, 'a'))).toBe('10.0.0.2/30')
    expect(first(await add(three, 'b'))).toBe('10.0.1.2/30')
  })

  it('H40, H46: of several addresses by request, a later set that is full undoes the earlier ones', async () => {
    const conf = fresh({ subnet: '10.5.0.0/24' })
    await add(conf, 'a', { args: 'IP=10.5.0.7' })
    await add(conf, 'a', { args: 'IP=10.5.0.9' })
    expect(Object.keys(await files())).toEqual([
      '10.5.0.7',
      '10.5.0.9',
      'last_reserved_ip.0',
      'lock',
    ])
    const two = fresh({ ranges: [[{ subnet: '10.5.0.0/24' }], [{ subnet: '10.6.0.0/30' }]] })
    await add(two, 'a')
    expect(message(await add(two, 'b'))).toMatch(
      /^failed to allocate for range 1: no IP addresses available/,
    )
    expect(await files()).toEqual({
      '10.5.0.2': 'a\r\neth0',
      '10.6.0.2': 'a\r\neth0',
      'last_reserved_ip.0': '10.5.0.3',
      'last_reserved_ip.1': '10.6.0.2',
      lock: '',
    })
  })

  it.each([
    ['FOO=bar', 'ARGS: unknown args ["FOO=bar"]'],
    ['IP', 'ARGS: invalid pair "IP"'],
    ['ip=1.2.3.4', 'ARGS: unknown args ["ip=1.2.3.4"]'],
    ['IP=zz', 'ARGS: error parsing value of pair "IP=zz": invalid IP address zz'],
    ['IP=10.5.0.1', "failed to allocate for range 0: requested ip 10.5.0.1 is subnet's gateway"],
    ['IP=10.9.0.1', 'failed to allocate all requested IPs: 10.9.0.1'],
  ])('H43: CNI_ARGS %s is refused', async (args, text) => {
    const conf = fresh({ subnet: '10.5.0.0/24' })
    const answer = await add(conf, 'a', { args })
    expect(answer.json).toEqual({ code: 999, msg: text })
    expect(Object.keys(await files()).filter((name) => name.startsWith('10.'))).toEqual([])
    expect((await add(conf, 'a', { args: 'IgnoreUnknown=1;FOO=bar' })).exitCode).toBe(0)
  })

  it('H47, better: an empty file that a killed writer left is an address again', async () => {
    const conf = fresh({ subnet: '10.5.0.0/29' })
    await put('10.5.0.2', '')
    expect(first(await add(conf, 'a'))).toBe('10.5.0.2/29')
    await put('10.5.0.3', '', 'now')
    expect(first(await add(conf, 'b'))).toBe('10.5.0.4/29')
  })

  it('H50, better: a container named as the last address takes no mark with it', async () => {
    const conf = fresh({ subnet: '10.5.0.0/24' })
    await add(conf, 'a')
    await del(conf, '10.5.0.2')
    expect(Object.keys(await files())).toContain('last_reserved_ip.0')
  })

  it('H52, better: DEL gives back what a conf that has gone wrong since reserved', async () => {
    await add(fresh({ subnet: '10.5.0.0/24' }), 'a')
    const wrong = { cniVersion: '1.0.0', name: 'n', ipam: { dataDir, subnet: '10.5.0.0/33' } }
    expect(await del(wrong, 'a', { args: 'X=Y' })).toMatchObject({ exitCode: 0, stdout: '' })
    expect(Object.keys(await files())).toEqual(['last_reserved_ip.0', 'lock'])
  })

  it('H53: CHECK knows what is there', async () => {
    const conf = fresh({ subnet: '10.5.0.0/24' })
    await add(conf, 'a')
    expect(await call('CHECK', conf, { id: 'a' })).toMatchObject({ exitCode: 0, stdout: '' })
    for (const other of [{ id: 'zz' }, { id: 'a', ifname: 'eth9' }]) {
      expect((await call('CHECK', conf, other)).json).toEqual({
        code: 999,
        msg: `host-local: Failed to find address added by container ${other.id}`,
      })
    }
  })

  it('H55, better: GC frees what is in no valid attachment, and keeps the rest', async () => {
    const conf = { ...fresh({ subnet: '10.5.0.0/24' }), cniVersion: '1.1.0' }
    for (const id of ['a', 'b', 'c']) await add(conf, id)
    await add(conf, 'a', { ifname: 'eth1' })
    await put('10.5.0.9', 'b')
    await put('10.5.0.10', 'gone')
    const valid = [
      { containerID: 'a', ifname: 'eth0' },
      { containerID: 'b', ifname: 'eth0' },
    ]
    const collected = await call('GC', { ...conf, 'cni.dev/valid-attachments': valid })
    expect(collected).toMatchObject({ exitCode: 0, stdout: '' })
    expect(Object.keys(await files()).filter((name) => name.startsWith('10.'))).toEqual([
      '10.5.0.2',
      '10.5.0.3',
      '10.5.0.9',
    ])
    const without = await call('GC', conf)
    expect(without.json).toMatchObject({ code: 7 })
    const early = await call('GC', { ...conf, cniVersion: '1.0.0' })
    expect(early.json).toEqual({ code: 1, msg: 'config version does not allow GC' })
    await call('GC', { ...conf, 'cni.dev/valid-attachments': [] })
    expect(Object.keys(await files()).filter((name) => name.startsWith('10.'))).toEqual([])
  })

  it('H55, better: STATUS fails with code 50 when a set is full', async () => {
    const conf = {
      ...fresh({ ranges: [[{ subnet: '10.5.0.0/24' }], [{ subnet: '10.6.0.0/30' }]] }),
      cniVersion: '1.1.0',
    }
    expect(await call('STATUS', conf)).toMatchObject({ exitCode: 0, stdout: '' })
    await add(conf, 'a')
    const full = await call('STATUS', conf)
    expect(full.exitCode).toBe(1)
    expect(full.json).toMatchObject({
      code: 50,
      msg: 'no IP addresses available in range set: 10.6.0.1-10.6.0.2',
      details: '1 addresses, 1 reserved by 1 container, 0 of them look dead',
    })
    await del(conf, 'a')
    expect((await call('STATUS', conf)).exitCode).toBe(0)
  })

  it('H56, H58, H59: speaks every version, takes keys in any case and addresses in any spelling', async () => {
    const range = { SubNet: '10.5.0.0/24' }
    expect((await add(fresh(range, { cniVersion: '0.2.0' }), 'a')).json).toEqual({
      cniVersion: '0.2.0',
      ip4: { ip: '10.5.0.2/24', gateway: '10.5.0.1' },
      dns: {},
    })
    expect((await add(fresh(range, { cniVersion: '0.3.1' }), 'a')).json).toMatchObject({
      ips: [{ version: '4', address: '10.5.0.2/24' }],
    })
    const v6 = fresh({ RANGES: [[{ SUBNET: '2001:DB8::/32' }]] })
    await add(v6, 'a', { args: 'IP=2001:DB8:0:0:1:0:0:7' })
    expect(Object.keys(await files())).toContain('2001:db8::1:0:0:7')
    const versions = await call('VERSION', '')
    expect(versions.json).toEqual({
      cniVersion: '1.1.0',
      supportedVersions: ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'],
    })
  })

  it('says what it is when it is called without a command', async () => {
    const ran = await host.run([plugin])
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(
      /^CNI host-local plugin v.*\nCNI protocol versions supported: 0\.1\.0, .*1\.1\.0$/,
    )
  })
})
