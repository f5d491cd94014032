import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { blue, type CniHost, openCniHost } from './recording-plugins.ts'

const mappings = [{ hostPort: 8097, containerPort: 80, protocol: 'tcp' }]
const red = '/run/netns/red'

// A sample of the steps, or each: programs take long.
const isWhole = process.env['VETHRA_TEST_KILLS'] === 'all'

// The namespace goes on at another path, and its own has another, or none.
const held = 'touch /run/netns/old; mount --bind /run/netns/blue /run/netns/old; ip netns del blue'
const another = `${held}; ip netns add blue`
const cases = [
  ['an ADD in the same namespace', 'true', blue.netns],
  ['an ADD by another path to it', `touch ${red}; mount --bind ${blue.netns} ${red}`, red],
  ['an ADD in another namespace at its path', another, blue.netns],
  ['a doctor', 'true', ''],
] as const

describeOnHost('vethra cni del, killed at any of its steps', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.host.vethra('network', 'create', 'lan', '--ipv6', '--subnet', '10.4.1.0/24')
  })
  afterEach(() => cni.close())

  const sh = async (script: string) => (await cni.host.run(['sh', '-c', script])).stdout
  const veths = () => sh('ip -n blue -o link show type veth | wc -l')

  it.each(
    cases.flatMap(([title, before, then]) => [
      [title, 'native', isWhole ? 1 : 6, before, then] as const,
      [title, 'exec', isWhole ? 1 : 12, before, then] as const,
    ]),
  )('is ended by %s, %s', async (_, choice, stride, before, then) => {
    const env = { VETHRA_PLUGINS: choice, CAP_ARGS: JSON.stringify({ portMappings: mappings }) }
    const run = async (...args: readonly string[]) => cni.vethra(args, env)
    const done = { exitCode: 0, stderr: '' }
    let isBegun = false
    let ended = 0
    for (let step = 1, at = 'begun'; at !== ''; step += stride) {
      expect(await run('cni', 'add', 'lan', blue.netns)).toMatchObject(done)
      const fault = { ...env, VETHRA_FAULT: `kill:${step}` }
      const { stderr } = await cni.vethra(['cni', 'del', 'lan', blue.netns], fault)
      at = /fault: killed at step (.*)/.exec(stderr)?.[1] ?? ''
      isBegun ||= (await sh('grep -l underWay /var/lib/vethra/attachments/*')) !== ''
      await sh(before)
      if (then === '') {
        expect(await run('doctor', '--repair'), at).toMatchObject({ exitCode: 0 })
        if (isBegun) expect(await cni.leftovers(), at).toEqual([])
        expect(await cni.host.vethra('doctor'), at).toMatchObject({ exitCode: 0 })
      } else {
        const added = await run('cni', 'add', 'lan', then)
        if (isBegun || before === another) expect(added, at).toMatchObject(done)
        ended += added.exitCode === 0 ? 1 : 0
        expect(await veths(), at).toBe('1')
        expect(await run('cni', 'del', 'lan', then), at).toMatchObject(done)
      }
      expect(await run('cni', 'del', 'lan', blue.netns), at).toMatchObject(done)
      await sh('umount /run/netns/old /run/netns/red; rm -f /run/netns/old /run/netns/red')
      expect(await cni.leftovers(), at).toEqual([])
    }
    expect(isBegun).toBe(true)
    expect(then === '' || ended > 1).toBe(true)
  })
})
