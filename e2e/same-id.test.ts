import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran } from './host.ts'

const records = '/var/lib/vethra/attachments'
const results = '/var/lib/cni/results'

describeOnHost('two containers whose namespace and id make one text', () => {
  let host: Host
  const long = 'default-web'
  let one: string
  let short: string

  beforeEach(async () => {
    host = await openHost()
    // Container TAG of default-web and web-TAG of default: the same by one dash.
    one = host.tag
    short = `web-${host.tag}`
    await host.vethra('network', 'create', '--subnet', '10.4.1.0/24', 'lan')
  })

  afterEach(async () => {
    await host.close()
  })

  const run = (command: string) => host.run(['sh', '-c', command])
  const within = (namespace: string, ...args: readonly string[]) =>
    host.run([executable, '--namespace', namespace, ...args])
  const list = async (folder: string) => (await run(`ls ${folder}`)).stdout.split('\n')

  async function started(namespace: string, id: string, port: string): Promise<Ran> {
    const bundle = await host.bundle(`${namespace}-of-${id}`, ['sleep', '600'])
    const flags = ['--id', id, '--network', 'lan', '-p', port]
    expect(await within(namespace, 'bundle', 'prepare', bundle, ...flags)).toMatchObject({
      exitCode: 0,
    })
    return host.start(bundle, id)
  }

  const published = async (port: string) =>
    (await host.snapshot()).rules.some((rule) => rule.includes(port))
  const states = async (namespace: string) => {
    const ran = await within(namespace, 'container', 'ls', '--format', 'json')
    return (JSON.parse(ran.stdout) as { ID: string; State: string }[]).map(
      ({ ID, State }) => `${ID} ${State}`,
    )
  }

  // As 0.1 wrote it: without a word of whose it is.
  async function forgetWhose(name: string): Promise<void> {
    const { stdout } = await host.run(['cat', `${records}/${name}`])
    const { container: _container, ...rest } = JSON.parse(stdout)
    await host.run(['tee', `${records}/${name}`], { input: JSON.stringify(rest) })
  }

  // The container of the longer namespace, by the id that 0.1 gave it.
  async function asOf01(): Promise<string> {
    const [now, then] = [`${long}--${one}`, `${long}-${one}`]
    await forgetWhose(`lan-${now}-eth0`)
    const files = `${records}/lan-${now}-eth0 ${results}/lan-${now}-eth0 /run/vethra/ports/${now}`
    await run(
      `sed -i s/${now}/${then}/g ${files} /var/lib/cni/networks/lan/10.4.1.2; for f in ${files}; do mv $f $(echo $f | sed s/${now}/${then}/); done`,
    )
    return then
  }

  it('have a record, an address and ports each, and one that ends takes nothing of the other', async () => {
    expect(await started(long, one, '8081:80')).toMatchObject({ exitCode: 0 })
    expect(await started('default', short, '8082:80')).toMatchObject({ exitCode: 0 })
    const each = [`lan-${long}--${one}-eth0`, `lan-default-${short}-eth0`].sort()
    expect((await list(records)).sort()).toEqual(each)
    expect((await list(results)).sort()).toEqual(each)
    expect([await published('8081'), await published('8082')]).toEqual([true, true])

    await host.stop(short)
    expect([await published('8081'), await published('8082')]).toEqual([true, false])
    expect(await list(records)).toEqual([`lan-${long}--${one}-eth0`])
    expect((await run('grep -l . /var/lib/cni/networks/lan/10.4.1.2')).exitCode).toBe(0)
    expect(await states(long)).toEqual([`${one} running`])
    expect(await states('default')).toEqual([`${short} stopped`])

    const before = await list(records)
    expect((await within('default', 'bundle', 'rm', short)).exitCode).toBe(0)
    expect(await list(records)).toEqual(before)
    expect(await host.vethra('doctor', '--format', 'json')).not.toMatchObject({ exitCode: 2 })
    await host.stop(one)
    expect(await published('8081')).toBe(false)
    expect(await list(records)).toEqual([''])
  })

  it('of which 0.1 attached one: the other is refused, and neither its end nor its removal touches it', async () => {
    expect(await started('default', short, '8082:80')).toMatchObject({ exitCode: 0 })
    // The record as 0.1 has it, and the same text from another container: what 0.1 would have called the other, too.
    const name = `lan-default-${short}-eth0`
    await forgetWhose(name)
    expect(await states('default')).toEqual([`${short} running`])
    expect(await started(long, one, '8081:80')).toMatchObject({ exitCode: 0 })
    await host.stop(one)
    expect((await within(long, 'bundle', 'rm', one)).exitCode).toBe(0)
    expect(await list(records)).toEqual([name])
    expect(await published('8082')).toBe(true)
    await host.stop(short)
    expect(await list(records)).toEqual([''])
    expect(await published('8082')).toBe(false)
    expect((await host.snapshot()).files.filter((file) => /lan\/10\./.test(file))).toEqual([])
  })

  it('of which 0.1 attached the one that has another id now: it is shown, and detached when it ends', async () => {
    expect(await started(long, one, '8081:80')).toMatchObject({ exitCode: 0 })
    const then = await asOf01()
    expect(await states(long)).toEqual([`${one} running`])
    // Its text is that of a container of namespace default now, which is refused and undone.
    const refused = await started('default', short, '8082:80')
    expect(refused.exitCode).not.toBe(0)
    expect(refused.stderr).toContain(then)
    expect(await list(records)).toEqual([`lan-${then}-eth0`])
    expect((await host.snapshot()).processes).toHaveLength(1)
    expect((await within('default', 'bundle', 'rm', short)).exitCode).toBe(0)
    expect(await list(results)).toEqual([`lan-${then}-eth0`])
    await host.stop(one)
    const { files: left, processes } = await host.snapshot()
    expect(left.filter((file) => /lan\/10\.|attachments\/|results\//.test(file))).toEqual([])
    expect(processes).toEqual([])
  })

  it('of which 0.1 attached one that was killed: its next start takes all of that away', async () => {
    expect(await started(long, one, '8081:80')).toMatchObject({ exitCode: 0 })
    const then = await asOf01()
    const { pid } = JSON.parse((await host.runc('state', one)).stdout)
    // Nobody calls postStop.
    await host.run(['kill', '-9', String(pid)])
    await run(
      `rm -rf ${host.folder}/runc; rmdir /sys/fs/cgroup/*/${one} /sys/fs/cgroup/unified/${one} 2>/dev/null`,
    )
    expect(await states(long)).toEqual([`${one} dead`])
    expect(await host.start(`${host.folder}/${long}-of-${one}`, one)).toMatchObject({ exitCode: 0 })
    for (const folder of [records, results, '/run/vethra/ports']) {
      expect((await list(folder)).filter((each) => each.includes(then))).toEqual([])
    }
    expect((await run('ls /var/lib/cni/networks/lan/10.*')).stdout.split('\n')).toHaveLength(1)
  })

  it('of which 0.1 attached one, that joins another network: both go when it ends', async () => {
    for (const [namespace, id] of [
      ['default', short],
      [long, one],
    ] as const) {
      expect(await started(namespace, id, '8082:80')).toMatchObject({ exitCode: 0 })
      const [name = ''] = await list(records)
      await forgetWhose(name)
      await within(namespace, 'network', 'create', 'back')
      const joined = await within(namespace, 'network', 'connect', 'back', id)
      expect(joined).toMatchObject({ exitCode: 0 })
      expect(await list(records)).toHaveLength(2)
      await host.stop(id)
      expect(await list(records)).toEqual([''])
    }
  })

  it('of which another runtime made one by libcni: it is refused by name, and left alone', async () => {
    const netns = `/run/netns/${host.tag}`
    await host.run(['ip', 'netns', 'add', host.tag])
    const name = `lan-default-${short}-eth0`
    const entry = {
      ...{
        kind: 'cniCacheV1',
        containerId: `default-${short}`,
        ifName: 'eth0',
        networkName: 'lan',
      },
      ...{ netns, config: '', result: { cniVersion: '1.0.0', ips: [], interfaces: [] } },
    }
    await run(`mkdir -p ${results}`)
    await host.run(['tee', `${results}/${name}`], { input: JSON.stringify(entry) })
    const refused = await started('default', short, '8082:80')
    expect(refused.exitCode).not.toBe(0)
    expect(refused.stderr).toContain(netns)
    expect((await within('default', 'bundle', 'rm', short)).exitCode).toBe(0)
    expect(await list(results)).toEqual([name])
  })

  it('a second start under the id of a living one is refused, and its end touches nothing', async () => {
    expect(await started('default', short, '8082:80')).toMatchObject({ exitCode: 0 })
    const before = await host.snapshot()
    const second = async (root: string, bundle: string) => {
      const ran = await host.run(
        ['runc', '--root', `${host.folder}/${root}`, 'run', '-b', bundle, short],
        { cwd: '/' },
      )
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stderr).toContain('code 102')
      expect(ran.stderr).toContain(`container ${short} of namespace default`)
    }
    const bundle = `${host.folder}/default-of-${short}`
    await second('second', bundle)
    await host.run(['cp', '-r', bundle, `${bundle}-copy`])
    await second('third', `${bundle}-copy`)
    const settled = (files: readonly string[]) => files.filter((file) => !/\.log(\.1)?$/.test(file))
    const after = await host.snapshot()
    expect({ ...after, files: settled(after.files) }).toEqual({
      ...before,
      files: settled(before.files),
    })
    expect(await states('default')).toEqual([`${short} running`])
    await host.stop(short)
    expect(await list(records)).toEqual([''])
    expect(await host.start(bundle, short)).toMatchObject({ exitCode: 0 })
  })

  it.each(['none', 'host'])(
    'a second start under the id of a living one in network %s is refused, and its end touches nothing',
    async (network) => {
      const bundle = await host.bundle(one, ['sleep', '600'])
      const flags = ['--id', one, '--network', network]
      expect(await host.vethra('bundle', 'prepare', bundle, ...flags)).toMatchObject({
        exitCode: 0,
      })
      expect(await host.start(bundle, one)).toMatchObject({ exitCode: 0 })
      const settled = async () => {
        const { files } = await host.snapshot()
        return files.filter((file) => !/\.log(\.1)?$/.test(file))
      }
      const before = await settled()
      const second = ['runc', '--root', `${host.folder}/second`, 'run', '-b', bundle, one]
      const ran = await host.run(second)
      expect(ran.exitCode).not.toBe(0)
      expect(ran.stderr).toContain('code 102')
      expect(await settled()).toEqual(before)
      expect(await states('default')).toEqual([`${one} running`])
      await host.stop(one)
      expect(await states('default')).toEqual([`${one} stopped`])
      expect(await host.start(bundle, one)).toMatchObject({ exitCode: 0 })
    },
  )

  it.each(['a--b', 'a..b', 'a-', '-a', 'a_.b'])(
    '%j is refused as a namespace',
    async (namespace) => {
      const ran = await within(namespace, 'container', 'ls')
      expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(namespace) })
    },
  )
})
