import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { untilAsleep } from './host.ts'
import { bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

describeOnHost('an attachment whose plugin refuses its conf in ADD and in DEL', () => {
  let cni: CniHost
  let netns: string
  const broken = bridgeList('1.0.0', [
    { type: 'portmap', capabilities: { portMappings: true }, markMasqBit: 55 },
  ])
  const mended = bridgeList('1.0.0', [{ type: 'portmap', capabilities: { portMappings: true } }])
  const records = async () => (await cni.host.run(['ls', '/var/lib/vethra/attachments'])).stdout
  const run = (...args: readonly string[]) => cni.vethra(args)

  beforeEach(async () => {
    cni = await openCniHost()
    // Of its own: doctor takes a plugin at work for the same id anywhere on the machine for one of its.
    netns = `/run/netns/${cni.host.tag}`
    await cni.host.run(['ip', 'netns', 'add', cni.host.tag])
    await cni.conf('10-lan.conflist', broken)
  })
  afterEach(() => cni.close())

  const wedge = async () => {
    const env = {
      CAP_ARGS: '{"portMappings":[{"hostPort":8091,"containerPort":80,"protocol":"tcp"}]}',
    }
    expect((await cni.vethra(['cni', 'add', 'lan', netns], env)).exitCode).toBe(1)
    expect(await records()).toMatch(/^lan-cnitool-\w+-eth0$/)
  }

  it.each([
    ['cni', 'del'],
    ['doctor', '--repair'],
  ])(
    'goes with %s %s once the file is corrected, and what may remain is told',
    async (...words) => {
      const args = words[0] === 'cni' ? [...words, 'lan', netns] : words
      await wedge()
      expect((await run('cni', 'del', 'lan', netns)).exitCode).toBe(1)
      await cni.conf('10-lan.conflist', mended)
      const ran = await run(...args)
      expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0)
      if (args[0] === 'cni') expect(ran.stderr).toMatch(/^warning: .*lan.*may remain/)
      expect(await records()).toBe('')
      expect(await cni.leftovers()).toEqual([])
    },
  )

  it('can be attached once the file is corrected', async () => {
    await wedge()
    await cni.conf('10-lan.conflist', mended)
    expect(await run('cni', 'add', 'lan', netns)).toMatchObject({ exitCode: 0 })
    expect(await run('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('that a full folder lies at the cached result of, is detached, and the folder left', async () => {
    await cni.conf('10-lan.conflist', mended)
    expect(await run('cni', 'add', 'lan', netns)).toMatchObject({ exitCode: 0 })
    const swap = 'cd /var/lib/cni/results; f=$(echo *); rm $f; mkdir -p $f/own'
    await cni.host.run(['sh', '-ec', swap])
    expect(await run('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0 })
    expect(await records()).toBe('')
    const again = await run('cni', 'add', 'lan', netns)
    expect(again).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Remove the folder'),
    })
    await cni.host.run(['sh', '-ec', 'rmdir /var/lib/cni/results/*/own'])
    expect(await run('cni', 'add', 'lan', netns)).toMatchObject({ exitCode: 0 })
    expect(await run('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })

  it('goes with cni del --force while it cannot be undone, with a report', async () => {
    await wedge()
    const ran = await run('cni', 'del', '--force', 'lan', netns)
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(/^warning: .*may remain/)
    expect(ran.stderr).toContain('MasqMarkBit')
    expect(await records()).toBe('')
    expect((await run('cni', 'del', '--force', 'lan', netns)).exitCode).toBe(0)
  })

  it('goes with cni del --force though its conf list has gone', async () => {
    await wedge()
    await cni.host.run(['rm', '/etc/cni/net.d/10-lan.conflist'])
    expect((await run('cni', 'del', 'lan', netns)).exitCode).toBe(1)
    expect((await run('cni', 'del', '--force', 'lan', netns)).exitCode).toBe(0)
    expect(await records()).toBe('')
  })

  it('goes where a port was refused, with what is asked for now', async () => {
    await cni.conf('10-lan.conflist', mended)
    const env = {
      CAP_ARGS: '{"portMappings":[{"hostPort":0,"containerPort":80,"protocol":"tcp"}]}',
    }
    for (const operation of ['add', 'del']) {
      expect((await cni.vethra(['cni', 'add', 'lan', netns], env)).exitCode).toBe(1)
      expect(await run('cni', operation, 'lan', netns)).toMatchObject({ exitCode: 0 })
      if (operation === 'add') await run('cni', 'del', 'lan', netns)
      expect([await records(), await cni.leftovers()]).toEqual(['', []])
    }
  })

  it('goes with an interface that its container has renamed', async () => {
    await cni.conf('10-lan.conflist', mended)
    await run('cni', 'add', 'lan', netns)
    const rename = 'ip -n "$1" link set eth0 down; ip -n "$1" link set eth0 name own up'
    await cni.host.run(['sh', '-c', rename, 'sh', cni.host.tag])
    expect(await run('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0, stderr: '' })
    const { stdout } = await cni.host.run(['ip', '-n', cni.host.tag, '-o', 'link'])
    expect(stdout.split('\n')).toHaveLength(1)
    expect([await records(), await cni.leftovers()]).toEqual(['', []])
  })

  it.each(['exec', 'native'])(
    'goes with an interface whose namespace lives on where its path has gone (%s)',
    async (way) => {
      await cni.conf('10-lan.conflist', mended)
      const operate = (operation: string) =>
        cni.vethra(['--plugins', way, 'cni', operation, 'lan', netns])
      expect(await operate('add')).toMatchObject({ exitCode: 0 })
      const leave = `ip netns exec "$1" sleep 600 >/dev/null 2>&1 & ${untilAsleep}; ip netns del "$1"; ip netns add "$1"; echo $!`
      const { stdout: pid } = await cni.host.run(['sh', '-c', leave, 'sh', cni.host.tag])
      expect(await operate('del')).toMatchObject({ exitCode: 0, stderr: '' })
      const { stdout } = await cni.host.run(['ip', '-o', 'link', 'show', 'type', 'veth'])
      expect(stdout).toBe('')
      expect(await cni.host.run(['kill', pid])).toMatchObject({ exitCode: 0 })
    },
  )

  it.each(['exec', 'native'])(
    'goes with a macvlan that its container has renamed (%s)',
    async (way) => {
      await cni.host.run(['ip', 'link', 'add', 'wire', 'type', 'bridge'])
      const ipam = { type: 'host-local', ranges: [[{ subnet: '10.24.0.0/24' }]] }
      const plugin = { type: 'macvlan', master: 'wire', ipam }
      await cni.conf('20-up.conflist', { cniVersion: '1.0.0', name: 'up', plugins: [plugin] })
      const cniOf = (operation: string, CNI_IFNAME: string) =>
        cni.vethra(['--plugins', way, 'cni', operation, 'up', netns], { CNI_IFNAME })
      for (const name of ['eth0', 'eth1'])
        expect(await cniOf('add', name)).toMatchObject({ exitCode: 0 })
      // The control character reaches us through ip as it is.
      const rename =
        'ip -n "$1" link set eth0 down; ip -n "$1" link set eth0 name "$(printf "o\\001n")" up'
      await cni.host.run(['sh', '-c', rename, 'sh', cni.host.tag])
      expect(await cniOf('del', 'eth0')).toMatchObject({ exitCode: 0, stderr: '' })
      const { stdout } = await cni.host.run(['ip', '-n', cni.host.tag, '-j', 'link'])
      const left = JSON.parse(stdout).map(({ ifname }: { ifname: string }) => ifname)
      expect(left).toEqual(['lo', 'eth1'])
    },
  )

  it('keeps its network from network rm and prune until it has gone', async () => {
    await run('network', 'create', 'ours', '--subnet', '10.23.0.0/24')
    const file = '/etc/cni/net.d/nerdctl-ours.conflist'
    const text = (await cni.host.run(['cat', file])).stdout
    const list = JSON.parse(text)
    const portmap = list.plugins.find(({ type }: { type: string }) => type === 'portmap')
    portmap.markMasqBit = 55
    await cni.conf('nerdctl-ours.conflist', list)
    const env = {
      CAP_ARGS: '{"portMappings":[{"hostPort":8092,"containerPort":80,"protocol":"tcp"}]}',
    }
    expect((await cni.vethra(['cni', 'add', 'ours', netns], env)).exitCode).toBe(1)
    const removed = await run('network', 'rm', 'ours')
    expect(removed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cnitool-') })
    await run('network', 'prune', '--force')
    expect((await cni.host.run(['cat', file])).exitCode).toBe(0)
    await cni.conf('nerdctl-ours.conflist', text)
    await run('cni', 'del', 'ours', netns)
    expect(await run('network', 'rm', 'ours')).toMatchObject({ exitCode: 0 })
    expect(await records()).toBe('')
  })

  it('of a container goes with its next start, with bundle rm, and with bundle rm --force', async () => {
    const id = `web-${cni.host.tag}`
    const bundle = await cni.host.bundle(id, ['sleep', '600'])
    const prepare = () =>
      run('bundle', 'prepare', bundle, '--id', id, '--network', 'lan', '-p', '8093:80')
    const started = async () => {
      const { exitCode } = await cni.host.start(bundle, id)
      await cni.host.stop(id)
      return exitCode
    }
    expect(await prepare()).toMatchObject({ exitCode: 0 })
    expect(await started()).not.toBe(0)
    expect(await records()).toBe(`lan-default-${id}-eth0`)
    await cni.conf('10-lan.conflist', mended)
    expect(await started()).toBe(0)
    expect(await records()).toBe('')
    await cni.conf('10-lan.conflist', broken)
    expect(await started()).not.toBe(0)
    const kept = await run('bundle', 'rm', id)
    expect(kept.exitCode).toBe(1)
    const forced = await run('bundle', 'rm', '--force', id)
    expect(forced).toMatchObject({ exitCode: 0, stdout: id })
    expect(forced.stderr).toMatch(/^warning: .*may remain/)
    expect(await records()).toBe('')
    expect(await prepare()).toMatchObject({ exitCode: 0 })
    expect(await started()).not.toBe(0)
    await cni.conf('10-lan.conflist', mended)
    expect(await run('bundle', 'rm', id)).toMatchObject({ exitCode: 0, stdout: id })
    expect(await records()).toBe('')
  })
})
