import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('vethra cni reads conf files', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.record('rec')
    await cni.record('dropped-in')
  })
  afterEach(() => cni.close())

  const list = { cniVersion: '1.0.0', name: 'n', plugins: [{ type: 'rec' }] }
  const add = (...more: readonly string[]) => cni.vethra(['cni', 'add', 'n', blue.netns, ...more])

  it('SPEC 1, "loadOnlyInlinedPlugins" (case 25): drop-in plugins run last, and on DEL though their folder is gone', async () => {
    await cni.conf('10-n.conflist', list)
    await cni.conf('n/a.conf', { type: 'dropped-in', own: 1 })
    expect(await add()).toMatchObject({ exitCode: 0, stderr: '' })
    await cni.host.run(['rm', '-r', '/etc/cni/net.d/n'])
    expect(await cni.vethra(['cni', 'del', 'n', blue.netns])).toMatchObject({ exitCode: 0 })
    expect(await cni.ran()).toEqual(['ADD rec', 'ADD dropped-in', 'DEL dropped-in', 'DEL rec'])
    expect((await cni.calls())[1]?.request).toMatchObject({
      name: 'n',
      own: 1,
      cniVersion: '1.0.0',
    })
  })

  it('SPEC 1, "loadOnlyInlinedPlugins" (case 26): true keeps drop-in plugins out', async () => {
    await cni.conf('10-n.conflist', { ...list, loadOnlyInlinedPlugins: true })
    await cni.conf('n/a.conf', { type: 'dropped-in' })
    expect(await add()).toMatchObject({ exitCode: 0 })
    expect(await cni.ran()).toEqual(['ADD rec'])
  })

  it('SPEC 1, "name": the name of a network leads to no other folder', async () => {
    const name = '../other'
    await cni.conf('../other/a.conf', { type: 'dropped-in' })
    await cni.conf('10-n.conflist', { ...list, name })
    const ran = await cni.vethra(['cni', 'add', name, blue.netns])
    expect(ran).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('invalid characters found in network name: ../other'),
    })
    expect(await cni.ran()).toEqual([])
    expect(await cni.leftovers()).toEqual([])
  })

  it('libcni (case 22): a file in a nested folder is none', async () => {
    await cni.conf('deep/10-n.conflist', list)
    expect(await add()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no net configurations found in /etc/cni/net.d'),
    })
  })

  it('libcni (case 20): a broken file hides no other network, and is told where the name is not found', async () => {
    await cni.conf('00-bad.conflist', '{"name":"x",\n"plugins":[}')
    await cni.conf('10-n.conflist', list)
    expect(await add()).toMatchObject({ exitCode: 0 })
    const { stderr } = await cni.vethra(['cni', 'add', 'x', blue.netns])
    expect(stderr).toContain('no net configuration with name "x" in /etc/cni/net.d')
    expect(stderr).toMatch(/cannot use \/etc\/cni\/net\.d\/00-bad\.conflist/)
    expect(stderr).toContain('at line 2, column')
  })

  it('validate names every fault of every file, and says which are good', async () => {
    await cni.conf('00-bad.conflist', '{')
    await cni.conf('05-nope.conflist', {
      cniVersion: '1.0.0',
      name: 'a',
      plugins: [{ type: 'nope' }],
    })
    await cni.conf('10-n.conflist', {
      ...list,
      plugins: [{ type: 'rec', capabilities: { bandwidth: true } }],
    })
    await cni.conf('20-n.conflist', list)
    const { exitCode, stdout, stderr } = await cni.vethra(['cni', 'validate'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain("2 of 4 conf files can't run")
    expect(stdout).toContain('unexpected end of JSON input at line 1')
    expect(stdout).toContain('failed to find plugin "nope" in path [')
    expect(stdout).toContain(
      '10-n.conflist: network n is good, version 1.0.0, capabilities bandwidth',
    )
    expect(stdout).toMatch(/20-n\.conflist: .*10-n\.conflist comes first for this name/)
    const good = await cni.vethra(['cni', 'validate', '/etc/cni/net.d/10-n.conflist'])
    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.ran()).toEqual([])
  })

  it('cnitool: NETCONFPATH and CNI_PATH lead to other folders', async () => {
    await cni.host.run(['mkdir', '/run/conf'])
    await cni.host.run(['sh', '-c', 'cat > /run/conf/n.conflist'], { input: JSON.stringify(list) })
    const elsewhere = { NETCONFPATH: '/run/conf' }
    expect(await cni.vethra(['cni', 'add', 'n', blue.netns], elsewhere)).toMatchObject({
      exitCode: 0,
    })
    const env = { ...elsewhere, CNI_PATH: '/run/nowhere::/run/none' }
    const missing = await cni.vethra(['cni', 'add', 'n', blue.netns], { ...env, CNI_IFNAME: 'e1' })
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /failed to find plugin "rec" in path \[\/run\/nowhere *\/run\/none\]/,
      ),
    })
  })

  it('a dry run prints the calls and makes none', async () => {
    await cni.conf('10-n.conflist', bridgeList('1.0.0', [{ type: 'rec', k: 1 }]))
    const before = await cni.host.snapshot()
    const dry = await cni.vethra(['cni', 'add', 'lan', blue.netns, '--dry-run'], {
      CNI_ARGS: 'A=B',
    })
    expect(dry).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(dry.stdout)).toMatchObject([
      { type: 'bridge', operation: 'ADD', containerId: blue.id, stdin: { name: 'lan' } },
      { type: 'rec', ifname: 'eth0', cniArgs: [['A', 'B']], stdin: { k: 1, name: 'lan' } },
    ])
    expect(await cni.ran()).toEqual([])
    expect(await cni.host.snapshot()).toEqual(before)
  })

  it.each([
    [{ CNI_ARGS: 'A=' }, 'invalid CNI_ARGS pair "A="'],
    [{ CNI_ARGS: 'A=B;' }, 'invalid CNI_ARGS pair ""'],
    [{ CNI_ARGS: 'A=B=C' }, 'invalid CNI_ARGS pair "A=B=C"'],
    [{ CAP_ARGS: '[]' }, 'CAP_ARGS is not a JSON object'],
    [{ CAP_ARGS: '{' }, 'CAP_ARGS is not a JSON object'],
  ])('cnitool: the variables %j are refused before a plugin runs', async (env, says) => {
    await cni.conf('10-n.conflist', list)
    const ran = await cni.vethra(['cni', 'add', 'n', blue.netns], env)
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) })
    expect(await cni.ran()).toEqual([])
  })

  it.each([
    [{ CNI_IFNAME: '0123456789abcdef' }, 'interface name is too long'],
    [{ CNI_IFNAME: '..' }, 'interface name is . or ..'],
    [{ CNI_IFNAME: 'a/b' }, 'interface name contains / or : or whitespace characters'],
    [{ CNI_IFNAME: 'a:b' }, 'interface name contains / or : or whitespace characters'],
    [{ CNI_IFNAME: 'a b' }, 'interface name contains / or : or whitespace characters'],
  ])(
    'SPEC 2, "CNI_IFNAME" (case 40): %j is refused with code 4 before a plugin runs',
    async (env, says) => {
      await cni.conf('10-n.conflist', list)
      const ran = await cni.vethra(['cni', 'add', 'n', blue.netns], env)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(says) })
      expect(ran.stderr).toContain('CNI code 4')
      expect(await cni.ran()).toEqual([])
    },
  )

  it('cnitool (case 113): a relative namespace is made absolute, and gives the id', async () => {
    await cni.conf('10-n.conflist', list)
    const ran = await cni.vethra(['cni', 'add', 'n', '../run/netns/blue'])
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await cni.calls())[0]?.env).toMatchObject({
      CNI_CONTAINERID: blue.id,
      CNI_NETNS: blue.netns,
      CNI_IFNAME: 'eth0',
    })
  })
})
