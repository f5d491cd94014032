import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('vethra cni gc and status', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.record('rec')
    await cni.host.run(['ip', 'netns', 'add', 'red'])
  })
  afterEach(() => cni.close())

  const list = { cniVersion: '1.1.0', name: 'lan', plugins: [{ type: 'rec' }] }
  const red = '/run/netns/red'
  const write = (file: string, input: string) =>
    cni.host.run(['sh', '-c', 'mkdir -p "$(dirname "$1")"; cat > "$1"', 'sh', file], { input })
  const gc = (...more: readonly string[]) => cni.vethra(['cni', 'gc', 'lan', ...more])
  const keep = async (...containerIDs: readonly string[]) => {
    const each = containerIDs.map((containerID) => ({ containerID, ifname: 'eth0' }))
    await write('/run/keep.json', JSON.stringify(each))
    return gc('--keep', '/run/keep.json')
  }
  // As libcni writes it for a runtime that is not ours.
  const foreign = '/var/lib/cni/results/lan-theirs-eth0'
  const plantForeign = () =>
    write(
      foreign,
      JSON.stringify({
        kind: 'cniCacheV1',
        containerId: 'theirs',
        config: Buffer.from(JSON.stringify(list)).toString('base64'),
        ifName: 'eth0',
        networkName: 'lan',
        result: { cniVersion: '1.1.0' },
      }),
    )
  const validIn = async () =>
    (await cni.calls())
      .at(-1)
      ?.request['cni.dev/valid-attachments'].map(
        (each: { containerID: string }) => each.containerID,
      )

  it('SPEC 2, "GC" (case 80): nothing for disableGC; valid is kept; the rest is deleted', async () => {
    await cni.conf('10-lan.conflist', list)
    await cni.vethra(['cni', 'add', 'lan', blue.netns])
    await cni.conf('10-lan.conflist', { ...list, disableGC: true })
    expect(await gc()).toMatchObject({ exitCode: 0, stderr: '' })
    await cni.conf('10-lan.conflist', list)
    expect(await keep(blue.id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await validIn()).toEqual([blue.id])
    expect(await keep()).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await validIn()).toEqual([])
    expect(await cni.ran()).toEqual(['ADD rec', 'GC rec', 'DEL rec', 'GC rec'])
    expect((await cni.calls()).at(-1)?.env).toMatchObject({
      CNI_CONTAINERID: '',
      CNI_NETNS: '',
      CNI_IFNAME: '',
    })
  })

  it('frees what is in a namespace that has gone, and tells plugins which of the living and the foreign stay', async () => {
    await cni.conf('10-lan.conflist', list)
    await cni.vethra(['cni', 'add', 'lan', blue.netns])
    await cni.vethra(['cni', 'add', 'lan', red])
    await plantForeign()
    await cni.host.run(['ip', 'netns', 'del', 'red'])
    await cni.forget()
    expect(await gc()).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.ran()).toEqual(['DEL rec', 'GC rec'])
    expect((await cni.calls())[0]?.env['CNI_NETNS']).toBe('')
    expect(await validIn()).toEqual(expect.arrayContaining([blue.id, 'theirs']))
    expect((await cni.host.run(['ls', '/var/lib/cni/results'])).stdout.split('\n')).toEqual([
      `lan-${blue.id}-eth0`,
      'lan-theirs-eth0',
    ])
  })

  it('a namespace that was made anew at the same path is another', async () => {
    await cni.conf('10-lan.conflist', list)
    await cni.vethra(['cni', 'add', 'lan', red])
    // Held, so that the number of the old one is not given out again.
    await cni.host.run(['sh', '-c', 'ip netns add held; ip netns del red; ip netns add red'])
    await cni.forget()
    expect(await gc()).toMatchObject({ exitCode: 0 })
    expect(await cni.ran()).toEqual(['DEL rec', 'GC rec'])
    expect((await cni.calls())[0]?.env['CNI_NETNS']).toBe('')
  })

  it('--keep takes ours away that it does not name, and never what is foreign', async () => {
    await cni.conf('10-lan.conflist', list)
    await cni.vethra(['cni', 'add', 'lan', blue.netns])
    await cni.vethra(['cni', 'add', 'lan', red])
    await plantForeign()
    await cni.forget()
    expect(await keep(blue.id)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.ran()).toEqual(['DEL rec', 'GC rec'])
    expect((await cni.calls())[0]?.env['CNI_NETNS']).toBe(red)
    expect((await cni.host.run(['cat', foreign])).exitCode).toBe(0)
  })

  it('of a list below 1.1.0 frees ours too, real plugins and addresses included', async () => {
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'firewall' }]))
    for (const netns of [blue.netns, red]) {
      expect(await cni.vethra(['cni', 'add', 'lan', netns])).toMatchObject({ exitCode: 0 })
    }
    await cni.host.run(['ip', 'netns', 'del', 'red'])
    expect(await gc()).toMatchObject({ exitCode: 0, stderr: '' })
    const left = await cni.leftovers()
    expect(left.filter((each) => each.includes('cnitool-') && !each.includes(blue.id))).toEqual([])
    expect(left.filter((each) => each.includes('networks/lan'))).toHaveLength(1)
    await cni.vethra(['cni', 'del', 'lan', blue.netns])
    expect(await cni.leftovers()).toEqual([])
  })

  it('SPEC 2, "GC" (case 82): goes on after failures and tells them all', async () => {
    const fail = (code: number) =>
      `[ $CNI_COMMAND = GC ] && { echo '{"code":${code},"msg":"no ${code}"}'; exit 1; }`
    await cni.record('one', fail(5))
    await cni.record('two', fail(6))
    await cni.conf('10-lan.conflist', { ...list, plugins: [{ type: 'one' }, { type: 'two' }] })
    const ran = await gc()
    expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no 5') })
    expect(ran.stderr).toContain('no 6')
    expect(await cni.ran()).toEqual(['GC one', 'GC two'])
  })

  it.each([
    ['nothing', undefined, 'no such file'],
    ['{', '{', 'it is not JSON'],
    ['an object', '{}', 'it is not a JSON array'],
    ['a wrong element', '[{"containerID":1}]', 'an element is {"containerID":1}'],
    ['a key in two spellings', '[{"containerID":"a","ifname":"b","IfName":"c"}]', 'IfName'],
  ])('--keep with a file that holds %s removes nothing', async (_, text, says) => {
    await cni.conf('10-lan.conflist', list)
    await cni.vethra(['cni', 'add', 'lan', blue.netns])
    await cni.forget()
    if (text !== undefined) await write('/run/keep.json', text)
    const ran = await gc('--keep', '/run/keep.json')
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) })
    expect(await cni.ran()).toEqual([])
  })

  it('SPEC 2, "STATUS" (case 83): shows the code of the plugin, and asks none after it', async () => {
    const fail = `[ $CNI_COMMAND = STATUS ] && { echo '{"code":50,"msg":"not yet"}'; exit 1; }`
    await cni.record('busy', fail)
    await cni.conf('10-lan.conflist', {
      ...list,
      plugins: ['rec', 'busy', 'rec'].map((type) => ({ type })),
    })
    const ran = await cni.vethra(['cni', 'status', 'lan'])
    expect(ran).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('not yet (CNI code 50)'),
    })
    expect(await cni.ran()).toEqual(['STATUS rec', 'STATUS busy'])
  })

  it('SPEC 2, "STATUS": succeeds below 1.1.0, and runs nothing', async () => {
    await cni.conf('10-lan.conflist', { ...list, cniVersion: '1.0.0' })
    expect(await cni.vethra(['cni', 'status', 'lan', blue.netns])).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
    expect(await cni.ran()).toEqual([])
  })
})
