import { afterEach, beforeEach, expect, it } from 'vitest'
import { killAfter } from './cni-kill.ts'
import { describeOnHost } from './gate.ts'
import { blue, type CniHost, openCniHost } from './recording-plugins.ts'

// Spread over the whole of an ADD; scripts/soak-cni.ts kills at many more moments.
const moments = [0, 5, 10, 15, 20, 30, 45, 60, 80, 110, 150]
const ports = {
  CAP_ARGS: '{"portMappings":[{"hostPort":8097,"containerPort":80,"protocol":"tcp"}]}',
}

describeOnHost('vethra cni add, killed', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.host.vethra('network', 'create', 'lan', '--subnet', '10.4.1.0/24')
  })
  afterEach(() => cni.close())

  const run = (operation: string, env = {}) =>
    cni.vethra(['cni', operation, 'lan', blue.netns], env)

  it.each(['alive', 'gone'])(
    'at any moment: with the namespace %s, one DEL leaves nothing',
    async (namespace) => {
      for (const moment of moments) {
        await killAfter(cni.host, ['lan', blue.netns], ports, moment)
        if (namespace === 'gone') await cni.host.run(['ip', 'netns', 'del', 'blue'])
        expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
        expect(await cni.leftovers(), `killed after ${moment} ms`).toEqual([])
        if (namespace === 'gone') await cni.host.run(['ip', 'netns', 'add', 'blue'])
      }
    },
  )

  it('while a plugin runs: DEL waits for that plugin, and undoes what it does then', async () => {
    const slow = 'setsid sh -c "sleep 1; ip -n blue link add late type bridge" & wait'
    await cni.record(
      'slow',
      `[ $CNI_COMMAND = DEL ] && ip -n blue link del late\n[ $CNI_COMMAND = ADD ] && { ${slow}; }`,
    )
    const plugins = [{ type: 'slow' }]
    await cni.conf('20-slow.conflist', { cniVersion: '1.0.0', name: 'slow', plugins })
    await killAfter(cni.host, ['slow', blue.netns], cni.path, 400)
    expect(await cni.vethra(['cni', 'del', 'slow', blue.netns])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect((await cni.host.run(['ip', '-n', 'blue', 'link', 'show', 'late'])).exitCode).not.toBe(0)
    expect(await cni.leftovers()).toEqual([])
  })

  it('can be repeated at once, and the second attaches', async () => {
    let repeated = 0
    for (const moment of moments) {
      await killAfter(cni.host, ['lan', blue.netns], ports, moment)
      const again = await run('add', ports)
      // The first one had come to its end by then.
      if (again.stderr.includes('code 102')) expect(again.exitCode).toBe(1)
      else expect(again).toMatchObject({ exitCode: 0, stderr: '' })
      repeated += again.exitCode === 0 ? 1 : 0
      const pinged = await cni.host.run([
        'ip',
        'netns',
        'exec',
        'blue',
        'busybox',
        'ping',
        '-c1',
        '-W2',
        '10.4.1.1',
      ])
      expect(pinged.stdout).toMatch(/1 packets received/)
      expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await cni.leftovers(), `killed after ${moment} ms`).toEqual([])
    }
    expect(repeated).toBeGreaterThan(2)
  })

  it('holds up nobody else: a lock of the killed is free at once', async () => {
    await killAfter(cni.host, ['lan', blue.netns], {}, 60)
    await cni.host.run(['ip', 'netns', 'add', 'red'])
    const began = performance.now()
    expect(await cni.vethra(['cni', 'add', 'lan', '/run/netns/red'])).toMatchObject({ exitCode: 0 })
    expect(performance.now() - began).toBeLessThan(3_000)
    await cni.vethra(['cni', 'del', 'lan', '/run/netns/red'])
    expect(await run('del')).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })
})
