import { randomUUID } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, untilAsleep } from './host.ts'
import type { Snapshot } from './snapshot.ts'

describeOnHost('the OCI runtime in front of runc', () => {
  let host: Host
  let runtime: string

  beforeAll(async () => {
    host = await openHost()
    runtime = join(host.folder, 'bin/vethra-runc')
    await mkdir(join(host.folder, 'bin'))
    await symlink(executable, runtime)
  })

  afterAll(() => host.close())

  describe('becomes the real runtime', () => {
    // cat and ls report on what they have become, and add nothing of their own.
    const become = (real: string, script: string, args: readonly string[] = []) =>
      execa('sh', ['-c', script, runtime, ...args], {
        ...{ encoding: 'buffer', reject: false, extendEnv: false },
        env: { PATH: process.env['PATH'], ODD: 'a=b\nc', VETHRA_RUNTIME: real },
      })

    it('with the arguments and the environment as they were, octet by octet', async () => {
      const script = '"$0" -u /proc/self/cmdline /proc/self/environ "$(printf \'\\377x\')" "" "a b"'
      const { stdout } = await become('/bin/cat', script)
      const [program, ...rest] = Buffer.from(stdout).toString('latin1').split('\0')
      expect([program, ...rest.slice(0, 6)]).toEqual([
        ...['/bin/cat', '-u', '/proc/self/cmdline', '/proc/self/environ', '\xffx', '', 'a b'],
      ])
      expect(rest.slice(6, -1).filter((each) => !each.startsWith('PWD='))).toEqual(
        expect.arrayContaining([
          `PATH=${process.env['PATH']}`,
          'ODD=a=b\nc',
          'VETHRA_RUNTIME=/bin/cat',
        ]),
      )
    })

    it('with its name as argv[0], where PATH has it', async () => {
      const { stdout } = await become('cat', '"$0" /proc/self/cmdline')
      expect(Buffer.from(stdout).toString()).toBe('cat\0/proc/self/cmdline\0')
    })

    it('with the process id, signals blocked and ignored, and the limit of open files', async () => {
      const script = `echo "$$"; ulimit -Sn 333; trap '' HUP
        "$0" /proc/self/status /proc/self/limits
        exec env --block-signal=USR1 "$0" /proc/self/status`
      const { stdout } = await become('/bin/cat', script)
      const text = Buffer.from(stdout).toString()
      const pid = text.split('\n', 1)[0]
      const masks = [...text.matchAll(/^(Pid|SigBlk|SigIgn|SigCgt):\s+(\w+)$/gm)].map(
        ([, key, value]) => `${key} ${value}`,
      )
      expect(masks.slice(1)).toEqual([
        ...['SigBlk 0000000000000000', 'SigIgn 0000000000000001', 'SigCgt 0000000000000000'],
        `Pid ${pid}`,
        ...['SigBlk 0000000000000200', 'SigIgn 0000000000000001', 'SigCgt 0000000000000000'],
      ])
      expect(text).toMatch(/^Max open files +333 /m)
    })

    it('with the descriptors that it was given, and none besides', async () => {
      const open = 'exec 3</etc/group 9</etc/passwd 1000>/dev/full; exec'
      const shown = async (script: string) => {
        const run = await execa('bash', ['-c', script, runtime], {
          env: { VETHRA_RUNTIME: '/bin/ls' },
        })
        const lines = run.stdout.replaceAll(/\/proc\/\d+/g, '').matchAll(/ (\d+) -> (.*)/g)
        return [...lines].map(([, descriptor, target]) => `${descriptor} ${target}`)
      }
      const given = await shown(`${open} ls -l /proc/self/fd`)
      expect(given).toEqual(expect.arrayContaining(['3 /etc/group', '1000 /dev/full']))
      const [through, plain] = [await shown(`${open} "$0" -l /proc/self/fd`), given].map((each) =>
        each.filter((line) => !/^[012] /.test(line)),
      )
      expect(through).toEqual(plain)
    })

    it('which is found on PATH, and is never itself under another name', async () => {
      const [own, other] = [join(host.folder, 'own'), join(host.folder, 'other')]
      await mkdir(own)
      await mkdir(other)
      await symlink(executable, join(own, 'runc'))
      await writeFile(join(other, 'runc'), '#!/bin/sh\necho "$@"; exit 7', { mode: 0o755 })
      const PATH = `${own}:${other}:/usr/bin:/bin`
      expect(await host.run([runtime, 'kill', 'x', '9'], { env: { PATH } })).toMatchObject({
        ...{ exitCode: 7, stdout: 'kill x 9' },
      })
      expect(await host.run([executable, 'runtime', '--', 'ps'], { env: { PATH } })).toMatchObject({
        exitCode: 7,
        stdout: '-- ps',
      })
      for (const variable of [`PATH=${own}`, `VETHRA_RUNTIME=${own}/runc`]) {
        const log = join(host.folder, 'runtime.log')
        const argv = [runtime, '--log', log, '--log-format', 'json', 'ps', 'x']
        const ran = await host.run(['/usr/bin/env', variable, ...argv])
        expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
        // containerd shows what it finds there.
        const [line = ''] = (await readFile(log, 'utf8')).trim().split('\n').slice(-1)
        expect(JSON.parse(line)).toMatchObject({ level: 'error' })
      }
    })

    it('but no script that leads back to it', async () => {
      const script = join(host.folder, 'back')
      const log = join(host.folder, 'back.log')
      await writeFile(script, `#!/bin/sh\necho >>${log}\nexec ${runtime} "$@"\n`, { mode: 0o755 })
      const env = { VETHRA_RUNTIME: script }
      const ran = await host.run(['timeout', '60', runtime, 'state', 'x'], { env })
      expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
      expect((await readFile(log, 'utf8')).length).toBeLessThan(10)
      // One script in front of the real runtime is fine, and so is what somebody else wrote into the variable.
      await writeFile(script, '#!/bin/sh\nexec echo "$@"\n')
      for (const depth of ['1', '-7', 'x', '']) {
        const further = { ...env, VETHRA_RUNTIME_DEPTH: depth }
        expect(await host.run([runtime, 'state', 'x'], { env: further })).toMatchObject({
          stdout: 'state x',
        })
      }
    })

    it('which vethra.toml names', async () => {
      const VETHRA_TOML = join(host.folder, 'vethra.toml')
      await writeFile(VETHRA_TOML, '[runtime]\nbinary = "/bin/echo"\n')
      const env = { VETHRA_TOML }
      expect(await host.run([runtime, 'state', 'x'], { env })).toMatchObject({ stdout: 'state x' })
      // Containers that run can be stopped whatever else is wrong in it.
      const limits = 'plugins = "natve"\n[runtime]\nbinary = "/bin/echo"\nnetworks = "lan"\n'
      await writeFile(VETHRA_TOML, limits)
      expect(await host.run([runtime, 'state', 'x'], { env })).toMatchObject({ stdout: 'state x' })
      await writeFile(VETHRA_TOML, '[runtime]\nbinarie = "/bin/echo"\n')
      expect(await host.run([runtime, 'state', 'x'], { env })).toMatchObject({ exitCode: 2 })
    })
  })

  describe('attaches a container whose bundle has annotations of ours', () => {
    let empty: Snapshot

    beforeAll(async () => {
      empty = await host.snapshot()
      await host.vethra('network', 'create', 'lan', '--subnet', '10.9.1.0/24')
      await host.vethra('network', 'create', 'back', '--subnet', '10.9.2.0/24')
    })

    const bundleOf = async (annotations: object, args: readonly string[], change: object = {}) => {
      const bundle = await host.bundle(`b${randomUUID()}`, args)
      const file = join(bundle, 'config.json')
      const config = JSON.parse(await readFile(file, 'utf8'))
      const text = `${JSON.stringify({ ...config, annotations, ...change }, null, '\t')}\n`
      await writeFile(file, text)
      return { bundle, file, text }
    }
    const root = () => ['--root', join(host.folder, 'runc')]
    const runc = (...args: readonly string[]) => host.run([runtime, ...root(), ...args])
    // A container that stays keeps what runc was given as standard output.
    const detached = (...args: readonly string[]) =>
      host.run([
        'sh',
        '-c',
        'exec "$@" >/dev/null 2>&1 </dev/null',
        'sh',
        runtime,
        ...root(),
        ...args,
      ])
    const named = async () =>
      JSON.parse((await host.vethra('container', 'ls', '--format', 'json')).stdout)

    it('in the foreground, with names, addresses and ports, its bundle as it was', async () => {
      const { bundle, file, text } = await bundleOf(
        {
          'vethra.network': 'lan:ip=10.9.1.9,alias=db; back',
          'vethra.name': 'web',
          'vethra.ports': '8080:80',
          'vethra.hostname': 'inside',
          'vethra.dns': '192.0.2.53',
          'org.other': 'stays',
        },
        ['sh', '-c', 'ip -4 -o addr; cat /etc/hosts /etc/resolv.conf; hostname'],
      )
      const inside = ['sh', '-c', 'cd "$0" && exec "$@"', bundle]
      const ran = await host.run([...inside, runtime, ...root(), 'run', host.tag])
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
      expect(ran.stdout).toMatch(/eth0 +inet 10\.9\.1\.9\/24/)
      expect(ran.stdout).toMatch(/eth1 +inet 10\.9\.2\.2\/24/)
      expect(ran.stdout).toMatch(/^10\.9\.1\.9\s.*\bweb\b/m)
      expect(ran.stdout).toMatch(/^10\.9\.1\.9\s.*\bdb\b/m)
      expect(ran.stdout).toMatch(/^nameserver 192\.0\.2\.53$/m)
      expect(ran.stdout.split('\n').at(-1)).toBe('inside')
      expect(await readFile(file, 'utf8')).toBe(text)
      expect(await named()).toEqual([])
    })

    it('detached, beside runc: its name is taken, its id starts again, and delete ends it', async () => {
      const asked = { 'vethra.network': 'lan', 'vethra.name': 'web', 'vethra.ports': '8081:80' }
      const front = { ...asked, 'vethra.hostname': 'front', 'vethra.domainname': 'corp.example' }
      const { bundle, file, text } = await bundleOf(front, ['sleep', '1000'])
      const other = await bundleOf({ 'vethra.network': 'back:alias=web' }, ['sleep', '1000'])
      const spellings = ['WEB', 'web.lan', 'web.', 'front', 'Front.corp.example', host.tag]
      const others = spellings.map((name) =>
        bundleOf({ 'vethra.network': 'lan', 'vethra.name': name }, ['echo']),
      )
      const pidFile = join(host.folder, 'pid')
      const create = ['create', '--pid-file', pidFile, '--bundle', bundle, host.tag]
      expect(await detached(...create)).toMatchObject({ exitCode: 0 })
      expect(await runc('start', host.tag)).toMatchObject({ exitCode: 0 })
      const pid = await readFile(pidFile, 'utf8')
      expect(await host.run(['nsenter', '-t', pid, '-n', 'ip', '-4', '-o', 'addr'])).toMatchObject({
        stdout: expect.stringContaining('10.9.1.'),
      })
      expect(await runc('exec', host.tag, '/bin/hostname')).toMatchObject({ exitCode: 0 })
      const again = await runc('create', '--bundle', bundle, host.tag)
      expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(host.tag) })
      const taken = await runc('run', '-b', other.bundle, `${host.tag}-2`)
      expect(taken).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/vethra\.network.*"web"/),
      })
      expect(await readFile(other.file, 'utf8')).toBe(other.text)
      for (const spelled of await Promise.all(others)) {
        const ran = await runc('run', '-b', spelled.bundle, `${host.tag}-3`)
        expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/vethra\.name.*/) })
      }
      // Its own, and the bridge's.
      const script = `nsenter -t ${pid} -n ip -br link show eth0
          ip -br link show $(ip -o addr show to 10.9.1.1 | cut -d' ' -f2)`
      const { stdout: links } = await host.run(['sh', '-c', script])
      const macs = links.match(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g) ?? []
      expect(macs).toHaveLength(2)
      for (const mac of macs) {
        const wish = await bundleOf({ 'vethra.network': `lan:mac=${mac}` }, ['hostname'])
        expect(await runc('run', '-b', wish.bundle, `${host.tag}-2`)).toMatchObject({
          ...{ exitCode: 1, stderr: expect.stringMatching(/vethra\.network.*MAC/) },
        })
      }
      expect(await named()).toMatchObject([{ ID: host.tag, Name: 'web', State: 'running' }])
      expect(await runc('kill', host.tag, 'KILL')).toMatchObject({ exitCode: 0 })
      expect(await runc('delete', '--force', host.tag)).toMatchObject({ exitCode: 0 })
      expect(await named()).toEqual([])
      expect(await readFile(file, 'utf8')).toBe(text)
    })

    it('by crun, where that is the real runtime', async () => {
      const { bundle } = await bundleOf({ 'vethra.network': 'lan' }, ['ip', '-4', '-o', 'addr'])
      // crun refuses a host that has both versions of cgroups mounted.
      const lonely = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
      const crun = [runtime, '--root', `${host.folder}/crun`, '--cgroup-manager=disabled']
      const argv = [
        'unshare',
        '-m',
        'sh',
        '-c',
        lonely,
        'sh',
        ...crun,
        'run',
        `-b${bundle}`,
        host.tag,
      ]
      const ran = await host.run(argv, { env: { VETHRA_RUNTIME: 'crun' } })
      expect(ran).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/eth0 +inet 10\.9\.1\./),
      })
      expect(await named()).toEqual([])
    })

    it('in no network, whose id is refused while it lives', async () => {
      const { bundle } = await bundleOf({ 'vethra.network': 'none', 'vethra.name': 'lone' }, [
        ...['sleep', '1000'],
      ])
      expect(await detached('run', '-d', '-b', bundle, host.tag)).toMatchObject({ exitCode: 0 })
      expect(await named()).toMatchObject([{ Name: 'lone', State: 'running' }])
      const again = await runc('run', '-b', bundle, host.tag)
      expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/is alive/) })
      expect(await runc('delete', '--force', host.tag)).toMatchObject({ exitCode: 0 })
      expect(await named()).toEqual([])
    })

    it('that fails to start: nothing of it is left', async () => {
      const { bundle, file, text } = await bundleOf(
        { 'vethra.network': 'lan', 'vethra.name': 'web' },
        ['/no/such/program'],
      )
      expect(await runc('run', '-b', bundle, host.tag)).toMatchObject({ exitCode: 1 })
      expect(await named()).toEqual([])
      expect(await readFile(file, 'utf8')).toBe(text)
    })

    it('whose runtime was killed before the container was made: the next one starts clean', async () => {
      const asked = { 'vethra.network': 'lan', 'vethra.name': 'web', 'vethra.ports': '8082:80' }
      const { bundle, file, text } = await bundleOf(asked, ['hostname'])
      const env = { VETHRA_RUNTIME: '/bin/false' }
      const killed = await host.run([runtime, 'run', '-b', bundle, `${host.tag}-killed`], { env })
      expect(killed).toMatchObject({ exitCode: 1 })
      expect(await readFile(file, 'utf8')).not.toBe(text)
      const seen = await host.vethra('doctor', '--format', 'json')
      expect(JSON.parse(seen.stdout)).toContainEqual(
        expect.objectContaining({
          Kind: 'start-left',
          Subject: expect.stringContaining('-killed'),
        }),
      )
      expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
      expect(await named()).toEqual([])
      expect(await readFile(file, 'utf8')).toBe(text)
      expect(
        (await host.run([runtime, 'run', '-b', bundle, `${host.tag}-killed`], { env })).exitCode,
      ).toBe(1)
      // Another id, on the bundle that the killed one has left.
      expect(await runc('run', '-b', bundle, host.tag)).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await readFile(file, 'utf8')).toBe(text)
      expect(await named()).toEqual([])
    })

    it('while another start of its id is under way: that one alone goes on', async () => {
      const asked = { 'vethra.network': 'lan' }
      const [first, second] = [
        await bundleOf(asked, ['ls', '/sys/class/net']),
        await bundleOf({ 'vethra.network': 'back' }, ['hostname']),
      ]
      const [slow, go] = [join(host.folder, 'slow'), join(host.folder, 'go')]
      const wait = `: >${go}.waits; until [ -e ${go} ]; do :; done`
      await writeFile(slow, `#!/bin/sh\n${wait}\nexec runc "$@"\n`, { mode: 0o755 })
      const argv = [runtime, ...root(), 'run', '-b', first.bundle, host.tag]
      const running = host.run(argv, { env: { VETHRA_RUNTIME: slow } })
      await host.run(['sh', '-c', `until [ -e ${go}.waits ]; do :; done`])
      const refused = await runc('run', '-b', second.bundle, host.tag)
      await writeFile(go, '')
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/process \d+/) })
      expect(await readFile(second.file, 'utf8')).toBe(second.text)
      expect(await running).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('eth0') })
      expect(await readFile(first.file, 'utf8')).toBe(first.text)
      expect(await named()).toEqual([])
    })

    it('that runc refuses before it calls a hook: delete takes back what was prepared', async () => {
      const asked = { 'vethra.network': 'lan', 'vethra.name': 'web', 'vethra.ports': '8083:80' }
      const { bundle, file, text } = await bundleOf(asked, [])
      expect(await runc('create', '-b', bundle, host.tag)).toMatchObject({ exitCode: 1 })
      expect(await named()).toMatchObject([{ ID: host.tag, State: 'prepared' }])
      // As containerd calls it then. A runc that was killed leaves an empty folder.
      await mkdir(join(host.folder, 'runc', host.tag), { recursive: true })
      expect(await runc('delete', '--force', host.tag)).toMatchObject({
        ...{ exitCode: 0, stdout: '', stderr: '' },
      })
      expect(await named()).toEqual([])
      expect(await readFile(file, 'utf8')).toBe(text)
      // What `bundle prepare` made is nobody's to take but the operator's.
      const own = await host.bundle(`own${randomUUID()}`, ['echo'])
      await host.vethra('bundle', 'prepare', own, '--id', `${host.tag}-own`, '--network', 'lan')
      for (const id of [`${host.tag}-own`, 'nobody', '../x', 'a b'])
        expect(await runc('delete', '--force', id)).toEqual(
          await host.run(['runc', ...root(), 'delete', '--force', id]),
        )
      expect(await named()).toMatchObject([{ ID: `${host.tag}-own`, State: 'prepared' }])
      await host.vethra('bundle', 'rm', `${host.tag}-own`)
    })

    it('in a namespace that its bundle names, and which outlives it', async () => {
      const netns = { type: 'network', path: `/run/netns/${host.tag}` }
      const types = ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type }))
      const linux = { namespaces: [...types, netns] }
      const asked = { 'vethra.network': 'lan', 'vethra.name': 'web' }
      const { bundle } = await bundleOf(asked, ['ip', '-4', '-o', 'addr'], { linux })
      await host.run(['ip', 'netns', 'add', host.tag])
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({
        ...{ exitCode: 0, stdout: expect.stringMatching(/eth0 +inet 10\.9\.1\./) },
      })
      const after = await host.run(['ip', '-n', host.tag, '-o', 'link'])
      expect(after.stdout).not.toContain('eth0')
      expect(await named()).toEqual([])
      await host.run(['ip', 'netns', 'del', host.tag])
    })

    it('whose config.json is refused without waiting for the lock of ports', async () => {
      const bundle = await host.bundle('odd', ['true'])
      const file = `${bundle}/config.json`
      const text = await readFile(file, 'utf8')
      const annotations = '{"vethra.network":"lan","vethra.ports":"8099:80"}'
      await writeFile(file, text.replace('{', `{"Hooks":{},"annotations":${annotations},`))
      const hold =
        'mkdir -p /run/vethra/locks; (exec 9>/run/vethra/locks/ports; flock 9; exec sleep 600)'
      const { stdout: pid } = await host.run([
        'sh',
        '-c',
        `${hold} >/dev/null 2>&1 & ${untilAsleep}; echo $!`,
      ])
      const began = performance.now()
      const ran = await host.run([executable, 'runtime', 'create', '--bundle', bundle, 'odd'])
      await host.run(['sh', '-c', `kill ${pid}; rm /run/vethra/locks/ports`])
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Hooks') })
      expect(performance.now() - began).toBeLessThan(30_000)
    })

    it('or not at all where config.json is too large to be prepared', async () => {
      const filler = { 'org.large': 'x'.repeat(17 * 1024 * 1024) }
      const { bundle, file, text } = await bundleOf({ 'vethra.network': 'lan', ...filler }, ['id'])
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is larger than') })
      expect(await readFile(file, 'utf8')).toBe(text)
    })

    it('or not at all where config.json is nested too deep', async () => {
      const { bundle, file, text } = await bundleOf({ 'vethra.network': 'lan' }, ['id'])
      const deep = text.replace('{', `{"deep":${'['.repeat(200)}${']'.repeat(200)},`)
      await writeFile(file, deep)
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('100 levels') })
      expect(await readFile(file, 'utf8')).toBe(deep)
    })

    it('or not at all where something comes behind it, which runc would not look at', async () => {
      const { bundle, file, text } = await bundleOf({ 'vethra.network': 'lan' }, ['hostname'])
      await writeFile(file, `${text}}`)
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('vethra.network') })
      expect(await readFile(file, 'utf8')).toBe(`${text}}`)
    })

    it('prepared where a key of ours is spelled with escapes of JSON', async () => {
      const asked = { 'vethra.network': 'lan' }
      const { bundle, file, text } = await bundleOf(asked, ['ls', '/sys/class/net'])
      await writeFile(file, text.replace('"vethra.network"', String.raw`"\u0076ethra.network"`))
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('eth0') })
    })

    it('or not at all: the error names the annotations', async () => {
      const asked = { 'vethra.network': 'lan', 'vethra.ip': '192.0.2.1' }
      const { bundle, file, text } = await bundleOf(asked, ['hostname'])
      const ran = await runc('run', '-b', bundle, host.tag)
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('vethra.ip') })
      expect(await readFile(file, 'utf8')).toBe(text)
      expect(await named()).toEqual([])
    })

    it('or not at all where there is no real runtime', async () => {
      const { bundle, file, text } = await bundleOf({ 'vethra.network': 'lan' }, ['hostname'])
      const env = { VETHRA_RUNTIME: '/no/such/runtime' }
      const ran = await host.run([runtime, 'run', '-b', bundle, host.tag], { env })
      expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('/no/such') })
      expect(await readFile(file, 'utf8')).toBe(text)
    })

    it('within the limits of vethra.toml alone, and says so in the log that containerd reads', async () => {
      const log = join(host.folder, 'log.json')
      const { bundle, file, text } = await bundleOf({ 'vethra.network': 'host' }, ['hostname'])
      const logged = ['--log', log, '--log-format', 'json']
      const refused = await host.run([runtime, ...logged, 'run', '-b', bundle, host.tag])
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('vethra.network'),
      })
      expect(JSON.parse(await readFile(log, 'utf8'))).toMatchObject({
        ...{ level: 'error', msg: expect.stringContaining('vethra.network') },
      })
      expect(await readFile(file, 'utf8')).toBe(text)
      const nowhere = [runtime, '--log', '/no/such/log', 'run', '-b', bundle, host.tag]
      expect(await host.run(nowhere)).toMatchObject({
        ...{ exitCode: 1, stderr: expect.stringMatching(/^error: .*vethra\.network/) },
      })
      const VETHRA_TOML = join(host.folder, 'limits.toml')
      await writeFile(VETHRA_TOML, '[runtime]\nmodes = ["host"]\n')
      const allowed = await host.run([runtime, ...root(), 'run', '-b', bundle, host.tag], {
        env: { VETHRA_TOML },
      })
      expect(allowed).toMatchObject({ exitCode: 0, stderr: '' })
    })

    it.each([
      ['without annotations of ours', { 'org.other': 'x' }, {}],
      ["of nerdctl's", { 'vethra.network': 'lan', 'nerdctl/name': 'x' }, {}],
      ['of a pod', { 'vethra.network': 'lan', 'io.kubernetes.cri.sandbox-id': 'x' }, {}],
      ['of CRI-O', { 'vethra.network': 'lan', 'io.kubernetes.cri-o.Name': 'x' }, {}],
      ['that joins a namespace', { 'vethra.name': 'x' }, { path: '/run/netns/x' }],
      ['that joins a missing one', { 'vethra.network': 'lan' }, { path: '/run/netns/x' }],
    ])('but a bundle %s is passed on byte for byte', async (_title, annotations, network) => {
      const linux = { namespaces: [{ type: 'network', ...network }] }
      const { bundle, file, text } = await bundleOf(annotations, ['hostname'], { linux })
      const env = { VETHRA_RUNTIME: '/bin/echo' }
      const ran = await host.run([runtime, 'create', '-b', bundle, host.tag], { env })
      expect(ran.stdout).toBe(`create -b ${bundle} ${host.tag}`)
      expect(await readFile(file, 'utf8')).toBe(text)
      expect(await named()).toEqual([])
    })

    it('nothing is left of all of them', async () => {
      await host.vethra('network', 'rm', 'lan', 'back')
      expect(await host.snapshot()).toEqual(empty)
    })
  })
})
