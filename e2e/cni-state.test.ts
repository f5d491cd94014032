import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('vethra cni between ADD and DEL', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.record('rec')
  })
  afterEach(() => cni.close())

  const entry = `/var/lib/cni/results/lan-${blue.id}-eth0`
  const read = async (file: string) => (await cni.host.run(['cat', file])).stdout
  const write = (file: string, input: string) =>
    cni.host.run(['sh', '-c', 'mkdir -p "$(dirname "$1")"; cat > "$1"', 'sh', file], { input })
  const run = (operation: string, env = {}) =>
    cni.vethra(['cni', operation, 'lan', blue.netns], env)
  const recorded = { cniVersion: '1.0.0', name: 'lan', plugins: [{ type: 'rec', was: 'old' }] }

  it('records the attachment as ours, with what tells its namespace from others, until DEL', async () => {
    await cni.conf('10-lan.conflist', recorded)
    await run('add')
    const record = JSON.parse(await read(`/var/lib/vethra/attachments/lan-${blue.id}-eth0`))
    const numbers = async (path: string) =>
      (await cni.host.run(['stat', '-c', '%d:%i', path])).stdout
    expect(record).toEqual({
      network: 'lan',
      containerId: blue.id,
      ifname: 'eth0',
      container: { namespace: '', id: blue.id },
      netns: blue.netns,
      netnsId: await numbers(blue.netns),
      cookie: expect.stringMatching(/^[1-9]\d*$/),
      bootId: (await read('/proc/sys/kernel/random/boot_id')).trim(),
      place: await numbers('/run/netns'),
      nonce: expect.stringMatching(/^[0-9a-f-]{36}$/),
      // The whole result: where the cache loses it, this is what DEL goes by.
      made: expect.objectContaining({ network: 'lan', listText: JSON.stringify(recorded) }),
    })
    await run('del')
    expect(await cni.leftovers()).toEqual([])
  })

  it('libcni (cases 76, 79): caches what libcni would, and removes it with DEL', async () => {
    const text = JSON.stringify(recorded, null, 2)
    await cni.conf('10-lan.conflist', text)
    await run('add', { CNI_ARGS: 'A=B', CAP_ARGS: '{"undeclared":12}' })
    const cached = JSON.parse(await read(entry))
    expect(cached).toMatchObject({
      kind: 'cniCacheV1',
      containerId: blue.id,
      ifName: 'eth0',
      networkName: 'lan',
      netns: blue.netns,
      cniArgs: [['A', 'B']],
      capabilityArgs: { undeclared: 12 },
      result: { ips: [{ address: '10.98.0.2/24' }] },
    })
    expect(Buffer.from(cached.config, 'base64').toString()).toBe(text)
    await run('del')
    expect(await cni.leftovers()).toEqual([])
  })

  it.each(['changed', 'gone', 'broken'])(
    'a conf list that is %s by DEL leaks nothing: what ADD ran is what DEL runs',
    async (how) => {
      await cni.conf('10-lan.conflist', recorded)
      const given = { CNI_ARGS: 'A=B' }
      await run('add', given)
      if (how === 'changed') {
        await cni.conf('10-lan.conflist', { ...recorded, plugins: [{ type: 'nope' }] })
      }
      if (how === 'gone') await cni.host.run(['rm', '/etc/cni/net.d/10-lan.conflist'])
      if (how === 'broken') await cni.conf('10-lan.conflist', '{')
      expect(await run('check')).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
      const del = (await cni.calls()).at(-1)
      expect(del?.request).toMatchObject({ was: 'old', prevResult: { cniVersion: '1.0.0' } })
      expect(del?.env).toMatchObject({
        CNI_COMMAND: 'DEL',
        CNI_ARGS: 'A=B',
        CNI_PATH: expect.any(String),
      })
      expect(await cni.leftovers()).toEqual([])
    },
  )

  it.each([
    ['empty', ''],
    ['cut off', '{"kind":"cniCacheV1","containerId":"c'],
    ['foreign', '{"kind":"other"}'],
    ['of another runtime version', '{"cniVersion":"0.4567.0"}'],
    ['binary', '\u0000\u0001\u0002'],
  ])('an entry that is %s blocks no DEL: the namespace is clean afterwards', async (_, text) => {
    await cni.conf(
      '10-lan.conflist',
      bridgeList('1.0.0', [{ type: 'portmap', capabilities: { portMappings: true } }]),
    )
    const before = await cni.leftovers()
    await run('add', {
      CAP_ARGS: '{"portMappings":[{"hostPort":8099,"containerPort":80,"protocol":"tcp"}]}',
    })
    await write(entry, text)
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual(before)
    expect((await cni.host.run(['ip', '-n', 'blue', 'link', 'show', 'eth0'])).exitCode).not.toBe(0)
  })

  it.each([
    ['empty', ''],
    ['cut off', '{"kind":"cniCacheV1","containerId":"c'],
    ['NUL-filled', '\0'.repeat(400)],
    ['garbage', 'x\u0001{"'],
    ['of a result that is none', undefined],
  ])('an entry that is %s: the result in the record serves, and no rule stays', async (_, text) => {
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'firewall' }]))
    const forwards = async () =>
      (await cni.host.snapshot()).rules.filter((rule) => /-A CNI-FORWARD .*10\.22/.test(rule))
    expect(await run('add')).toMatchObject({ exitCode: 0 })
    expect(await forwards()).toHaveLength(2)
    const whole = JSON.parse(await read(entry))
    await write(entry, text ?? JSON.stringify({ ...whole, result: [5] }))
    expect(await run('check')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await forwards()).toEqual([])
    expect(await cni.leftovers()).toEqual([])
  })

  it.each([
    ['NUL-filled', '\0'.repeat(400)],
    ['of a result that is none', undefined],
  ])('an entry that is %s: doctor says so, and writes it again', async (_, text) => {
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'firewall' }]))
    // A name of its own: a plugin at work for the same id anywhere on the machine would count as one of its.
    const netns = `/run/netns/${cni.host.tag}`
    await cni.host.run(['ip', 'netns', 'add', cni.host.tag])
    expect(await cni.vethra(['cni', 'add', 'lan', netns])).toMatchObject({ exitCode: 0 })
    const [name] = (await cni.host.run(['ls', '/var/lib/cni/results'])).stdout.split('\n')
    const file = `/var/lib/cni/results/${name}`
    const whole = await read(file)
    await write(file, text ?? JSON.stringify({ ...JSON.parse(whole), result: [5] }))
    const seen = await cni.host.vethra('doctor', '--format', 'json')
    expect(seen.exitCode).toBe(1)
    expect(seen.stdout).toContain('result-lost')
    await cni.host.vethra('doctor', '--repair')
    expect(JSON.parse(await read(file)).result).toEqual(JSON.parse(whole).result)
  })

  it('SPEC 2, "DEL" (case 73): twice succeeds, and so does one of what never was', async () => {
    await cni.conf('10-lan.conflist', recorded)
    for (const operation of ['del', 'add', 'del', 'del']) {
      expect(await run(operation)).toMatchObject({ exitCode: 0, stderr: '' })
    }
    expect(await cni.leftovers()).toEqual([])
  })

  it('DEL of what never was succeeds where the state cannot be written any more', async () => {
    await cni.conf('10-lan.conflist', recorded)
    for (const operation of ['add', 'del']) await run(operation)
    await cni.host.run(['mount', '-o', 'remount,ro', '/var/lib'])
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('names whose file is that of another attachment are refused before a plugin runs', async () => {
    await cni.conf('10-lan.conflist', recorded)
    const other = {
      kind: 'cniCacheV1',
      containerId: 'x',
      ifName: 'eth0',
      networkName: 'lan-cnitool',
    }
    await write(entry, JSON.stringify(other))
    const added = await run('add')
    expect(added).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('network lan-cnitool'),
    })
    expect(await cni.ran()).toEqual([])
    expect(await read(entry)).toBe(JSON.stringify(other))
  })

  it('names that make too long a file name are refused before a plugin runs', async () => {
    const name = 'l'.repeat(230)
    await cni.conf('10-lan.conflist', { ...recorded, name })
    const added = await cni.vethra(['cni', 'add', name, blue.netns])
    expect(added).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/l{230}.*\(CNI code 7\)/),
    })
    expect(await cni.ran()).toEqual([])
    expect(await cni.leftovers()).toEqual([])
  })

  it('SPEC 2, "CHECK": real plugins find what is amiss, and loopback is no hindrance (case 112)', async () => {
    await cni.conf(
      '10-lan.conflist',
      bridgeList('1.0.0', [{ type: 'firewall' }, { type: 'tuning' }]),
    )
    await run('add')
    expect(await run('check')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    await cni.host.run(['ip', '-n', 'blue', 'addr', 'flush', 'dev', 'eth0'])
    const checked = await run('check')
    expect(checked).toMatchObject({ exitCode: 1 })
    expect(checked.stderr).toContain('plugin type="bridge" failed (check)')
    await cni.host.run(['ip', '-n', 'blue', 'addr', 'add', '10.22.0.2/24', 'dev', 'eth0'])
    expect(await run('del')).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })

  it.each([
    ['0.3.1', {}, 1, 'configuration version "0.3.1" does not support the CHECK command'],
    ['0.3.1', { disableCheck: true }, 1, 'does not support the CHECK command'],
    ['1.1.0', { disableCheck: true }, 0, ''],
  ])(
    'SPEC 2, "CHECK" (cases 61, 62): of a list of %s with %j',
    async (cniVersion, more, exitCode, says) => {
      await cni.conf('10-lan.conflist', { ...recorded, ...more, cniVersion })
      await run('add')
      await cni.forget()
      const checked = await run('check')
      expect(checked.exitCode).toBe(exitCode)
      expect(checked.stderr).toContain(says)
      expect(await cni.ran()).toEqual([])
    },
  )

  it('go-cni (case 110): two networks with results of 0.2.0, one interface each', async () => {
    const old = { ...recorded, cniVersion: '0.2.0' }
    await cni.record(
      'rec',
      `[ $CNI_COMMAND = ADD ] && { echo '{"cniVersion":"0.2.0","ip4":{"ip":"10.98.0.2/24"},"dns":{}}'; exit; }`,
    )
    await cni.conf('10-lan.conflist', old)
    await cni.conf('20-two.conflist', { ...old, name: 'two' })
    const results = [
      await run('add'),
      await cni.vethra(['cni', 'add', 'two', blue.netns], { CNI_IFNAME: 'eth1' }),
    ]
    expect(results.map(({ stdout }) => JSON.parse(stdout).ip4.ip)).toEqual([
      '10.98.0.2/24',
      '10.98.0.2/24',
    ])
    expect((await cni.calls()).map(({ env }) => env['CNI_IFNAME'])).toEqual(['eth0', 'eth1'])
    await run('del')
    expect(await cni.leftovers()).toHaveLength(2)
  })
})
