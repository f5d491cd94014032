import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, plugins } from './host.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

const log = '/run/turns'
// The real one, slowly: both ends of each call are written down.
const slow = (plugin: string) =>
  `[ $CNI_COMMAND = VERSION ] && exec ${plugins}/${plugin}
  echo begin >>${log}; sleep 1; printf %s "$request" | ${plugins}/${plugin}; status=$?; echo end >>${log}; exit $status`
const mappings = [{ hostPort: 8097, containerPort: 80, protocol: 'tcp' }]
const del = ['cni', 'del', 'lan', blue.netns]
const add = ['cni', 'add', 'lan', blue.netns]
const repair = ['doctor', '--repair']

describeOnHost('after an operation that was killed while its plugin worked', () => {
  let cni: CniHost
  let env: Readonly<Record<string, string>>
  beforeEach(async () => {
    cni = await openCniHost()
    env = { ...cni.path, CAP_ARGS: JSON.stringify({ portMappings: mappings }) }
    await cni.make('portmap', slow('portmap'))
    const portmap = { type: 'portmap', capabilities: { portMappings: true } }
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [portmap]))
    await cni.make('refuser', '[ $CNI_COMMAND != ADD ]')
    const refused = bridgeList('1.0.0', [portmap, { type: 'refuser' }])
    await cni.conf('20-refused.conflist', { ...refused, name: 'refused' })
  })
  afterEach(() => cni.close())

  const sh = (script: string) => cni.host.run(['sh', '-c', script])
  const kill = async (argv: readonly string[], calls = 1) => {
    const begun = `[ "$(grep -c begin ${log})" = ${calls} ]`
    const script = `: >${log}; "$@" >/run/killed.log 2>&1 </dev/null & until ${begun}; do sleep 0.05; done; kill -9 $!`
    await cni.host.run(['sh', '-c', script, 'sh', executable, ...argv], { env })
  }

  it.each([
    ['DEL', 'DEL', del, del],
    ['DEL', 'DEL once its namespace has gone', del, del],
    ['DEL', 'ADD once its namespace is another', del, add],
    ['DEL', 'doctor --repair', del, repair],
    ['doctor --repair', 'doctor --repair', repair, repair],
    ['doctor --repair', 'DEL', repair, del],
  ] as const)('%s: %s waits for that plugin', async (killed, next, argv, then) => {
    expect(await cni.vethra(add, env)).toMatchObject({ exitCode: 0, stderr: '' })
    if (killed !== 'DEL') await sh('iptables -t nat -F; iptables -t nat -X')
    await kill(argv)
    if (next.includes('once')) await sh('ip netns del blue')
    if (next.includes('another')) await sh('ip netns add blue')
    if (next.startsWith('doctor') && killed === 'DEL') await sh('iptables -t nat -F PREROUTING')
    const ran = await cni.vethra(then, env)
    const turns = (await sh(`tr '\n' ' ' <${log}`)).stdout
    expect(turns, ran.stdout + ran.stderr).toMatch(/^(begin end )+$/)
    expect(ran).toMatchObject({ exitCode: 0 })
    await cni.vethra(del, env)
    expect(await cni.leftovers()).toEqual([])
  })

  it('ADD, in its roll-back: DEL waits for that plugin', async () => {
    await kill(['cni', 'add', 'refused', blue.netns], 2)
    const ran = await cni.vethra(['cni', 'del', 'refused', blue.netns], env)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await sh(`tr '\n' ' ' <${log}`)).stdout).toMatch(/^(begin end ){3}$/)
    expect(await cni.leftovers()).toEqual([])
  })

  it('ADD of the first container: that of another waits while both would make the rules that they share', async () => {
    await cni.make('firewall', slow('firewall'))
    await cni.conf('30-guarded.conflist', {
      ...bridgeList('1.0.0', [{ type: 'firewall' }]),
      name: 'guarded',
    })
    await sh('ip netns add red; ip netns add green')
    await kill(['cni', 'add', 'guarded', '/run/netns/red'])
    const ran = await cni.vethra(['cni', 'add', 'guarded', '/run/netns/green'], env)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await sh(`tr '\n' ' ' <${log}`)).stdout).toMatch(/^(begin end ){2}$/)
    expect((await sh('iptables-save | grep ^-A | sort | uniq -d')).stdout).toBe('')
  })

  it('GC: an ADD waits for the plugin that frees what it did not know of', async () => {
    const logged = `[ $CNI_COMMAND = VERSION ] || echo begin >>${log}; [ $CNI_COMMAND = GC ] && sleep 1; [ $CNI_COMMAND = VERSION ] || echo end >>${log}`
    await cni.record('collector', logged)
    await cni.conf('40-swept.conflist', {
      cniVersion: '1.1.0',
      name: 'swept',
      plugins: [{ type: 'collector' }],
    })
    await kill(['cni', 'gc', 'swept'])
    const ran = await cni.vethra(['cni', 'add', 'swept', blue.netns], env)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await sh(`tr '\n' ' ' <${log}`)).stdout).toMatch(/^(begin end ){2}$/)
  })

  it('doctor --repair: the next one waits for iptables, too', async () => {
    const rules = 'iptables-save -t nat | grep ^-A | sort'
    await cni.conf('50-plain.conflist', { ...bridgeList('1.0.0'), name: 'plain' })
    const restore = `echo begin >>${log}; sleep 3; /usr/sbin/iptables-restore "$@"; echo end >>${log}`
    await sh(
      `mkdir /run/bin; printf '#!/bin/sh\\n%s\\n' '${restore}' >/run/bin/iptables-restore; chmod +x /run/bin/iptables-restore`,
    )
    env = { ...env, PATH: `/run/bin:/usr/sbin:/usr/bin:/sbin:/bin` }
    expect(await cni.vethra(['cni', 'add', 'plain', blue.netns], env)).toMatchObject({
      exitCode: 0,
    })
    const before = (await sh(rules)).stdout
    await sh('iptables -t nat -F; iptables -t nat -X')
    await kill(repair)
    expect(await cni.vethra(repair, env)).toMatchObject({ exitCode: 0 })
    expect((await sh(`tr '\n' ' ' <${log}`)).stdout).toMatch(/^(begin end )+$/)
    expect((await sh(rules)).stdout).toBe(before)
  })

  it('a daemon that a plugin of an ADD has left is not waited for', async () => {
    await cni.make(
      'portmap',
      '[ $CNI_COMMAND = ADD ] && { sleep 1000 >/dev/null 2>&1 & echo $! >/run/left; }; echo {}',
    )
    await cni.vethra(add, env)
    const began = performance.now()
    expect(await cni.vethra(del, env)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(await sh('kill $(cat /run/left)')).toMatchObject({ exitCode: 0 })
  })
})
