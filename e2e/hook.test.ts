import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran } from './host.ts'

describeOnHost('the hook', () => {
  let host: Host
  let id: string
  let bundle: string
  let folder: string

  beforeEach(async () => {
    host = await openHost()
    id = `web-${host.tag}`
    bundle = await host.bundle(id, ['sleep', '600'])
    folder = `/var/lib/vethra/1935db59/containers/default/${id}`
  })

  afterEach(async () => {
    await host.close()
  })

  async function prepare(...flags: readonly string[]): Promise<void> {
    const ran = await host.vethra('bundle', 'prepare', bundle, '--id', id, ...flags)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  }

  // biome-ignore lint/suspicious/noExplicitAny: an OCI configuration, of which a test changes what it wants
  async function change(edit: (config: any) => void): Promise<void> {
    const config = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    edit(config)
    await writeFile(`${bundle}/config.json`, JSON.stringify(config))
  }

  const sh = (script: string) => host.run(['sh', '-c', script])
  const cat = async (file: string) => (await host.run(['cat', file])).stdout
  const log = (event: string) => cat(`${folder}/oci-hook.${event}.log`)

  /** Calls a hook as a runtime does. */
  const call = (event: string, state: object, ...flags: readonly string[]): Promise<Ran> =>
    host.run([executable, ...flags, 'oci-hook', event], {
      input: JSON.stringify({
        ociVersion: '1.0.2',
        id,
        status: 'stopped',
        pid: 0,
        bundle,
        ...state,
      }),
    })

  async function processEnds(pid: number): Promise<void> {
    await host.run(['kill', '-9', String(pid)])
    const state = async () => (await cat(`/proc/${pid}/stat`)).split(') ')[1]?.[0] ?? 'gone'
    await expect.poll(state).toMatch(/^(Z|gone)$/)
  }

  // The log of the run before is kept once, and host-local goes round its addresses.
  const settled = (files: readonly string[]) =>
    files
      .filter((file) => !file.endsWith('.log.1'))
      .map((file) => file.replace(/(\/fd\S*::)\d+$/, '$1N'))

  // What a reboot does to a container: nobody calls postStop, and the runtime knows nothing of it.
  async function crash(): Promise<void> {
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    await processEnds(pid)
    await sh(`rm -rf ${host.folder}/runc /run/vethra /run/netns
      for d in /sys/fs/cgroup/*/${id} /sys/fs/cgroup/unified/${id}; do rmdir $d 2>/dev/null; done; true`)
  }

  it('at debug level its logs tell each step with its milliseconds', async () => {
    expect((await host.vethra('network', 'create', 'lan')).exitCode).toBe(0)
    const ran = await host.vethra(
      ...['--log-level', 'debug', 'bundle', 'prepare', bundle, '--id', id, '--network', 'lan'],
    )
    expect(ran.exitCode).toBe(0)
    expect((await host.start(bundle, id)).exitCode).toBe(0)
    await host.stop(id)
    const steps = async (event: string) =>
      [...(await log(event)).matchAll(/debug: (.*) \d+ ms$/gm)].map(([, name]) => name)
    const started = await steps('createRuntime')
    expect(started.filter((name) => !/ lan$/.test(name ?? ''))).toEqual([
      'check that the container is not alive',
      'check the interfaces',
      'load the AppArmor profile',
      'take the name',
      'write the pid file',
      'read the networks',
      'detach what 0.1 left',
      'bring lo up',
      'undo what a kill left',
      'start bypass4netns',
      'take the ports',
      `wait for the lock of default-${id}`,
      'read the names',
      'remove names of an earlier life',
      'look at the namespace again',
      'flush records and cache',
      'attach the container',
      'write the hosts files',
      'write lifecycle.json',
      'write resolv.conf',
      'wait for the port holder',
      'write the log',
      'write the events',
    ])
    expect(await steps('postStop')).toContain('detach by the records')
  })

  it('and bundle prepare refuse a config.json that is not UTF-8, by name, and change nothing', async () => {
    const file = `${bundle}/config.json`
    const write = async (annotations: string) => {
      const text = (await readFile(file, 'latin1')).replace('{', `{"annotations":${annotations},`)
      await writeFile(file, text, 'latin1')
      return readFile(file, 'latin1')
    }
    const before = await write('{"vethra.network":"lan","x":"\xff"}')
    const prepared = await host.vethra('bundle', 'prepare', bundle, '--id', id)
    expect(prepared).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('config.json') })
    const created = await sh(`${executable} oci-hook precreate <${file}`)
    expect(created).toMatchObject({ exitCode: 1, stdout: '' })
    expect(created.stderr).toMatch(/^error: standard input .*UTF-8/)
    expect(await cat('/run/vethra/precreate.log')).toBe(created.stderr)
    await sh('rm -r /run/vethra; touch /run/vethra')
    const unlogged = await sh(`${executable} oci-hook precreate <${file}`)
    expect(unlogged.stderr).toMatch(/^warning: cannot .*(?:\n.*)*\nerror: standard input .*UTF-8/)
    expect(await readFile(file, 'latin1')).toBe(before)
    expect((await sh(`ls ${folder}`)).exitCode).not.toBe(0)
  })

  it('works from prestart too, with runc and with crun, and prepare puts it where it belongs', async () => {
    await prepare()
    await change(({ hooks }) => {
      hooks.prestart = hooks.createRuntime
      delete hooks.createRuntime
    })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const address = await host.runc('exec', id, 'ip', '-o', '-4', 'addr', 'show', 'eth0')
    expect(address.stdout).toMatch(/10\.4\.0\.2\/24/)
    expect((await host.stop(id)).exitCode).toBe(0)
    await change(({ process }) => {
      process.args = ['ip', '-o', '-4', 'addr', 'show', 'eth0']
    })
    // crun refuses a host that has both versions of cgroups mounted.
    const lonely = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
    const crun = ['crun', '--root', `${host.folder}/crun`, '--cgroup-manager=disabled']
    const argv = ['unshare', '-m', 'sh', '-c', lonely, 'sh', ...crun, 'run', '-b', bundle, id]
    expect(await host.run(argv)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/10\.4\.0\.3\/24/),
    })
    await prepare()
    const { hooks } = JSON.parse(await readFile(`${bundle}/config.json`, 'utf8'))
    expect([hooks.prestart, hooks.createRuntime.length]).toEqual([[], 1])
  })

  it('refuses a container that has no network namespace of its own, and touches nothing', async () => {
    await prepare('-p', '8080:80')
    await change(({ linux }) => {
      linux.namespaces = linux.namespaces.filter(({ type }: { type: string }) => type !== 'network')
      linux.sysctl = {}
    })
    const before = await host.snapshot()
    const ran = await host.start(bundle, id)
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toMatch(new RegExp(`${id}.*\\(CNI code 8\\)`))
    const { links, rules, processes } = await host.snapshot()
    expect({ links, rules, processes }).toEqual({
      links: before.links,
      rules: before.rules,
      processes: [],
    })
  })

  describe('of a container that joins a network namespace by its path', () => {
    const joined = () => `/run/netns/${id}`
    const inside = async () =>
      (await sh(`ip -n ${id} -br link | cut -d' ' -f1 | tr '\\n' ' '`)).stdout.trim()

    beforeEach(async () => {
      await sh(`ip netns add ${id}`)
      await prepare('-p', '8080:80')
      await change(({ linux }) => {
        for (const each of linux.namespaces) if (each.type === 'network') each.path = joined()
      })
      expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await inside()).toContain('eth0')
    })

    it('takes its interface out of the namespace, which lives on', async () => {
      await host.stop(id)
      expect(await inside()).toBe('lo')
      expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    })

    it('takes the interface of an earlier life away, whose end nobody told', async () => {
      const { pid } = JSON.parse((await host.runc('state', id)).stdout)
      await processEnds(pid)
      await sh(`rm -rf ${host.folder}/runc
        for d in /sys/fs/cgroup/*/${id} /sys/fs/cgroup/unified/${id}; do rmdir $d 2>/dev/null; done; true`)
      expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
      await host.stop(id)
      expect(await inside()).toBe('lo')
    })

    it('leaves an interface there that another attachment of ours has by now', async () => {
      const { pid } = JSON.parse((await host.runc('state', id)).stdout)
      await processEnds(pid)
      await sh(`ip -n ${id} link del eth0`)
      const other = await host.vethra('cni', 'add', 'bridge', joined())
      expect(other).toMatchObject({ exitCode: 0 })
      await host.stop(id)
      expect(await inside()).toContain('eth0')
      expect(await host.vethra('cni', 'check', 'bridge', joined())).toMatchObject({ exitCode: 0 })
    })

    it('a doctor takes it out as well', async () => {
      const { pid } = JSON.parse((await host.runc('state', id)).stdout)
      await processEnds(pid)
      await host.vethra('doctor', '--repair')
      expect(await inside()).toBe('lo')
    })
  })

  it('writes the pid file that was recorded, and removes it', async () => {
    await prepare()
    await sh(`sed -i 's|{|{"pidFile":"/run/pids/web.pid",|' ${folder}/vethra.json`)
    await change(({ annotations }) => {
      annotations['nerdctl/pid-file'] = '/run/pids/web.pid'
    })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    expect(await cat('/run/pids/web.pid')).toBe(String(pid))
    expect(JSON.parse(await cat(`${folder}/lifecycle.json`))).toEqual({
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      create_error: false,
      started_in: expect.objectContaining({ startTime: expect.stringMatching(/^\d+$/) }),
    })
    await host.stop(id)
    expect((await host.run(['ls', '/run/pids'])).stdout).toBe('')
    // Another container's by now.
    const [other] = (await sh('sleep 60 >/dev/null 2>&1 & echo $!')).stdout.split('\n')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    await sh(`printf ${other} >/run/pids/web.pid`)
    await host.stop(id)
    expect(await cat('/run/pids/web.pid')).toBe(other)
    await sh(`kill -9 ${other}; rm /run/pids/web.pid`)
  })

  it('after a crash frees what was its own, a holder that hangs too, and starts again', async () => {
    await host.vethra('network', 'create', 'lan', '--ipv6')
    await prepare('--network', 'lan:ip=10.4.1.9', '-p', '8080:80', '--name', 'shop')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const before = await host.snapshot()
    await sh('kill -STOP $(sed "s/.*\\"pid\\"://;s/,.*//" /run/vethra/ports/*)')
    await crash()
    expect((await host.snapshot()).processes).toHaveLength(1)
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const { files, rules, processes } = await host.snapshot()
    expect(settled(files)).toEqual(settled(before.files))
    expect(rules.length).toBe(before.rules.length)
    expect(processes).toHaveLength(1)
    const address = await host.runc('exec', id, 'ip', '-o', '-4', 'addr', 'show', 'eth0')
    expect(address.stdout).toMatch(/10\.4\.1\.9\/24/)
  })

  it.each([
    ['its conf list gone', 'rm /etc/cni/net.d/*lan*'],
    ['vethra.json damaged', 'echo "{" > FOLDER/vethra.json'],
    ['its folder gone', 'rm -r FOLDER'],
  ])(
    'that never ran postStop, and a container with %s: bundle rm leaves nothing',
    async (_, damage) => {
      await host.vethra('network', 'create', 'lan', '--ipv6')
      await prepare('--network', 'lan', '-p', '8080:80', '--name', 'shop')
      expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
      await crash()
      await sh(damage.replace('FOLDER', folder))
      expect(await host.vethra('bundle', 'rm', id)).toMatchObject({ exitCode: 0, stdout: id })
      const { files, rules, links, processes } = await host.snapshot()
      expect(rules.filter((rule) => rule.includes(id) || /8080/.test(rule))).toEqual([])
      expect(
        files.filter((file) => file.includes(id) || /shop|\/lan\/\d|\/lan\/fd/.test(file)),
      ).toEqual([])
      expect(links.filter((link) => link.startsWith('veth'))).toEqual([])
      expect(processes).toEqual([])
    },
  )

  it('cleans up with the conf list gone and vethra.json damaged, rules of IPv6 too, and twice', async () => {
    await host.vethra('network', 'create', 'lan', '--ipv6')
    await prepare('--network', 'lan', '-p', '8080:80')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    const { rules } = await host.snapshot()
    expect(rules.filter((rule) => rule.includes(id) && /fd[0-9a-f]+:/.test(rule))).not.toEqual([])
    const { pid } = JSON.parse((await host.runc('state', id)).stdout)
    await processEnds(pid)
    await sh(
      `rm /etc/cni/net.d/*lan*; cp ${folder}/vethra.json /run/kept; echo '{' > ${folder}/vethra.json`,
    )
    const damaged = await call('postStop', {})
    expect(damaged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('vethra.json') })
    const after = await host.snapshot()
    expect(after.rules.filter((rule) => rule.includes(id))).toEqual([])
    expect(
      after.files.filter((file) =>
        /\/lan\/(\d|fd)|meta\.json|results|attachments|ports\//.test(file),
      ),
    ).toEqual([])
    await sh(`cp /run/kept ${folder}/vethra.json`)
    for (let times = 0; times < 2; times += 1) {
      expect(await call('postStop', {})).toMatchObject({ exitCode: 0, stderr: '' })
    }
  })

  it('frees names and ports where the records cannot be read', async () => {
    await prepare('-p', '8080:80', '--name', 'shop')
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0, stderr: '' })
    await sh('mv /var/lib/vethra/attachments /run/kept; touch /var/lib/vethra/attachments')
    await host.stop(id)
    const { files, processes } = await host.snapshot()
    expect(processes).toEqual([])
    expect(files.filter((file) => /meta\.json/.test(file))).toEqual([])
    await sh('rm /var/lib/vethra/attachments; mv /run/kept /var/lib/vethra/attachments')
    expect(await call('postStop', {})).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('tells in the log what of a state or an annotation it did not believe', async () => {
    await prepare()
    for (const [annotations, said] of [
      [{ 'nerdctl/namespace': '../../etc' }, 'annotation nerdctl/namespace'],
      [{ 'nerdctl/namespace': 'other' }, 'annotation nerdctl/namespace'],
      [{ 'nerdctl/name': 7 }, 'annotations["nerdctl/name"] must be string'],
      [{ 'nerdctl/state-dir': 'x'.repeat(1_000_000) }, 'annotation nerdctl/state-dir'],
      [{ 'nerdctl/pid-file': '/run/../etc/x\n' }, 'annotation nerdctl/pid-file'],
    ] as const) {
      await sh(`rm -f ${folder}/*.log*`)
      const ran = await call('createRuntime', { annotations, pid: process.pid })
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(said) })
      expect(await log('createRuntime')).toContain(said)
      expect(ran.stderr.length).toBeLessThan(1_000)
    }
    expect((await host.snapshot()).links).toHaveLength(1)
  })
})
