import { afterEach, beforeEach, expect, it } from 'vitest'
import { killAt } from './cni-kill.ts'
import { describeOnHost } from './gate.ts'
import { blue, type CniHost, openCniHost } from './recording-plugins.ts'

// A sample of the steps, or each.
const stride = process.env['VETHRA_TEST_KILLS'] === 'all' ? 1 : 3
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

  /** Kills an ADD before one step after the other, until it comes to its end; scripts/soak-cni.ts kills within them, too. */
  const atEachStep = async (healed: (at: string) => Promise<void>) => {
    for (let step = 1, at = 'begun'; at !== ''; step += stride) {
      at = await killAt(cni.host, ['lan', blue.netns], ports, step)
      await healed(at)
    }
  }
  const run = (operation: string, env = {}) =>
    cni.vethra(['cni', operation, 'lan', blue.netns], env)

  it.each(['alive', 'gone'])(
    'before any of its steps: with the namespace %s, one DEL leaves nothing',
    async (namespace) => {
      await atEachStep(async (at) => {
        if (namespace === 'gone') await cni.host.run(['ip', 'netns', 'del', 'blue'])
        expect(await run('del'), at).toMatchObject({ exitCode: 0, stderr: '' })
        expect(await cni.leftovers(), at).toEqual([])
        if (namespace === 'gone') await cni.host.run(['ip', 'netns', 'add', 'blue'])
      })
    },
  )

  it('while a plugin runs: DEL waits for that plugin, and undoes what it does then', async () => {
    const slow =
      'setsid sh -c "sleep 1; ip -n blue link add late type bridge" & kill -9 $PPID; wait'
    await cni.record(
      'slow',
      `[ $CNI_COMMAND = DEL ] && ip -n blue link del late\n[ $CNI_COMMAND = ADD ] && { ${slow}; }`,
    )
    const plugins = [{ type: 'slow' }]
    await cni.conf('20-slow.conflist', { cniVersion: '1.0.0', name: 'slow', plugins })
    expect(await killAt(cni.host, ['slow', blue.netns], cni.path, 0)).toBe('')
    expect(await cni.vethra(['cni', 'del', 'slow', blue.netns])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect((await cni.host.run(['ip', '-n', 'blue', 'link', 'show', 'late'])).exitCode).not.toBe(0)
    expect(await cni.leftovers()).toEqual([])
  })

  it('can be repeated at once, and the second attaches', async () => {
    let repeated = 0
    await atEachStep(async (at) => {
      const again = await run('add', ports)
      // The first one had attached it by then.
      if (again.stderr.includes('code 102')) expect(again.exitCode, at).toBe(1)
      else expect(again, at).toMatchObject({ exitCode: 0, stderr: '' })
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
      expect(pinged.stdout, at).toMatch(/1 packets received/)
      expect(await run('del'), at).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await cni.leftovers(), at).toEqual([])
    })
    expect(repeated).toBeGreaterThan(5)
  })

  it('holds up nobody else: a lock of the killed is free at once', async () => {
    expect(await killAt(cni.host, ['lan', blue.netns], {}, 3)).toContain('step 3, write')
    await cni.host.run(['ip', 'netns', 'add', 'red'])
    const began = performance.now()
    expect(await cni.vethra(['cni', 'add', 'lan', '/run/netns/red'])).toMatchObject({ exitCode: 0 })
    // A lock that is not free is waited for for 60 seconds.
    expect(performance.now() - began).toBeLessThan(30_000)
    await cni.vethra(['cni', 'del', 'lan', '/run/netns/red'])
    expect(await run('del')).toMatchObject({ exitCode: 0 })
    expect(await cni.leftovers()).toEqual([])
  })
})
