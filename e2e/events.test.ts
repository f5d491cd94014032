import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostEvent } from '@vethra/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { startDaemon, until } from './running-daemon.ts'

describeOnHost('vethra events', () => {
  let host: Host
  let web: string
  let followed: string
  let follower: number
  beforeAll(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    followed = join(host.folder, 'followed')
    // Before there is any event, any folder, or a daemon.
    const script = `"$@" >${followed} 2>&1 </dev/null & echo $!`
    const command = [executable, 'events', '--format', '{{.Type}} {{.Network}}']
    follower = Number((await host.run(['sh', '-c', script, 'sh', ...command])).stdout)
  })
  afterAll(async () => {
    process.kill(follower)
    await host.close()
  })

  const sh = (script: string) => host.run(['sh', '-c', script])
  const events = async (...flags: readonly string[]): Promise<readonly HostEvent[]> => {
    const ran = await host.vethra('events', '--no-follow', '--format', 'json', ...flags)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    return ran.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  }
  const short = ({ Type, By, Network = '' }: HostEvent) => `${By} ${Type} ${Network}`.trim()

  it('has what each command did, in order, and nothing of what failed', async () => {
    await sh('ip netns add blue')
    for (const name of ['lan', 'back']) await host.vethra('network', 'create', name)
    expect((await host.vethra('network', 'create', 'lan')).exitCode).toBe(1)
    expect((await host.vethra('cni', 'add', 'lan', '/run/netns/blue')).exitCode).toBe(0)
    expect((await host.vethra('cni', 'add', 'lan', '/run/netns/blue')).exitCode).toBe(1)
    await host.vethra('cni', 'del', 'lan', '/run/netns/blue')
    await host.vethra('cni', 'del', 'lan', '/run/netns/blue')
    const bundle = await host.bundle(web, ['sleep', '600'])
    const prepare = ['bundle', 'prepare', bundle, '--id', web, '--name', 'shop', '--network']
    await host.vethra(...prepare, 'lan', '--network', 'back')
    // Of two networks the second fails: the first is undone, and was never attached.
    const file = '/etc/cni/net.d/nerdctl-back.conflist'
    await sh(`cp ${file} /tmp/b; sed -i 's/"type": "bridge"/"type": "no-such"/' ${file}`)
    expect((await host.start(bundle, web)).exitCode).not.toBe(0)
    await sh(`cp /tmp/b ${file}; rm /tmp/b`)
    await host.stop(web)
    await host.vethra(...prepare, 'lan')
    expect((await host.start(bundle, web)).exitCode).toBe(0)
    expect((await host.vethra('network', 'connect', 'back', 'shop')).exitCode).toBe(0)
    expect((await host.vethra('network', 'disconnect', 'back', 'shop')).exitCode).toBe(0)
    await host.stop(web)
    await host.vethra('bundle', 'rm', web)
    await host.vethra('network', 'prune', '--force')
    expect((await events()).map(short)).toEqual([
      'cli network-created lan',
      'cli network-created back',
      'cli container-attached lan',
      'cli container-detached lan',
      'oci-hook container-attached lan',
      'cli container-attached back',
      'cli container-connected back',
      'cli container-detached back',
      'cli container-disconnected back',
      'oci-hook container-detached lan',
      'cli container-removed',
      'cli network-removed back',
      'cli network-removed lan',
    ])
  })

  it('names the container, its namespace, interface and addresses', async () => {
    const [attached] = await events('--filter', 'by=oci-hook', '--filter', 'event=attach')
    expect(attached).toMatchObject({
      ID: expect.stringMatching(/^\d{16}$/),
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      Container: web,
      Namespace: 'default',
      Interface: 'eth0',
      Addresses: [expect.stringMatching(/^10\.4\.\d+\.\d+\/24$/)],
    })
  })

  it('begins at a time or after an id, ends at a time, and passes what is asked for', async () => {
    const all = await events()
    expect(await events('--since', '1h')).toEqual(all)
    expect(await events('--since', all.at(-3)?.ID ?? '')).toEqual(all.slice(-2))
    expect(await events('--since', '2100-01-01T00:00:00Z')).toEqual([])
    const { Time: end = '' } = all.at(-3) ?? {}
    expect(await events('--until', end)).toEqual(all.filter(({ Time }) => Time <= end))
    expect(await events('--until', '1h')).toEqual([])
    const soon = new Date(Date.now() + 200).toISOString()
    const argv = ['timeout', '9', executable, 'events', '-f', 'type=network', '--until', soon]
    expect(await host.run(argv)).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon))
    const connected = ['type=network', 'event=connect', 'container=shop', 'network=back']
    const filters = connected.flatMap((each) => ['--filter', each])
    expect((await events(...filters)).map(short)).toEqual(['cli container-connected back'])
    for (const wrong of [
      ['--since', 'never'],
      ['--until', 'never'],
      ['--filter', 'colour=red'],
      ['--format', '{{.}'],
    ]) {
      expect((await host.vethra('events', ...wrong)).exitCode, wrong.join(' ')).toBe(2)
    }
  })

  it('follows without a daemon, from before the first event on, and the daemon serves the same', async () => {
    const daemon = await startDaemon(host)
    try {
      await host.vethra('network', 'create', 'late')
      await sh('ip netns del blue')
      const seen = async () => (await readFile(followed, 'utf8')).trim().split('\n')
      await until(async () => (await seen()).includes('network-created late'))
      const all = await events()
      expect(await daemon.events()).toEqual(all)
      const told = all.map(({ Type, Network = '' }) => `${Type} ${Network}`.trim())
      await until(async () => (await seen()).length >= told.length)
      expect((await seen()).map((line) => line.trim())).toEqual(told)
      // What others do to ours, as the daemon sees it, and what it does then.
      await sh('ip netns add green')
      await host.vethra('cni', 'add', 'late', '/run/netns/green')
      await sh('ip netns del green')
      const last = all.at(-1)?.ID ?? ''
      const isBack = ({ Type }: HostEvent) => Type === 'finding-gone'
      await until(async () => (await events('--since', last)).some(isBack))
      expect((await events('--since', last)).map(short)).toEqual([
        'cli container-attached late',
        'daemon finding-appeared',
        'daemon repair-begun',
        'daemon container-detached late',
        'daemon repair-done',
        'daemon finding-gone',
      ])
    } finally {
      await daemon.end()
    }
    expect((await events('--filter', 'event=stop')).map(short)).toEqual(['daemon daemon-stopping'])
    // The same without a daemon: the repair is an event, and so is what it does.
    await sh('ip netns add red')
    await host.vethra('cni', 'add', 'late', '/run/netns/red')
    await sh('ip netns del red')
    const before = (await events()).at(-1)?.ID ?? ''
    expect((await host.vethra('doctor', '--repair')).exitCode).toBe(0)
    expect((await events('--since', before)).map(short)).toEqual([
      'cli repair-begun',
      'cli container-detached late',
      'cli repair-done',
    ])
  })
})
