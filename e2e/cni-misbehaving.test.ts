import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable } from './host.ts'
import { blue, bridgeList, type CniHost, openCniHost } from './recording-plugins.ts'

// The deadline is a second; what hangs would do so for longer than this.
const inTimeMs = 30_000

describeOnHost('vethra cni with a plugin that misbehaves', () => {
  let cni: CniHost
  beforeEach(async () => {
    cni = await openCniHost()
    await cni.conf('10-lan.conflist', bridgeList('1.0.0', [{ type: 'firewall' }, { type: 'bad' }]))
  })
  afterEach(() => cni.close())

  const run = async (operation: string, ...flags: readonly string[]) => {
    const began = performance.now()
    const ran = await cni.vethra([...flags, 'cni', operation, 'lan', blue.netns])
    return { ...ran, elapsedMs: performance.now() - began }
  }
  const impatient = ['--plugin-timeout', '1']
  /** Has the program `bad` be open for writing until `release` is called. */
  const keepBusy = async () => {
    const [busy, open, close] = ['plugins/bad', 'open', 'close'].map(
      (name) => `${cni.host.folder}/${name}`,
    )
    await cni.host.run(['cp', '/usr/lib/cni/tuning', busy ?? ''])
    const hold = `exec 3>>${busy}; touch ${open}; until [ -e ${close} ]; do sleep 0.1; done`
    const holder = cni.host.run(['sh', '-c', hold])
    await cni.host.run(['sh', '-c', `until [ -e ${open} ]; do sleep 0.1; done`])
    return async () => {
      await cni.host.run(['touch', close ?? ''])
      await holder
    }
  }

  const nothingButDelete = '[ $CNI_COMMAND = DEL ] && exit 0'
  const cases = [
    [
      'hangs (libcni, case 55)',
      'echo waiting for a daemon >&2; sleep 100',
      /bad timed out after 1 s .*\(code 104\)[\s\S]*netplugin failed with no error message: signal: killed, after: waiting for a daemon/,
    ],
    [
      'leaves a grandchild that keeps the pipes',
      "sleep 100 & echo '{}'",
      /bad timed out after 1 s .*\(code 104\)/,
    ],
    [
      'leaves a grandchild in a session of its own that keeps the pipes',
      `setsid sh -c 'echo $$ > "$0"; exec sleep 100' "\${0%/plugins/bad}/pid" & echo '{}'`,
      /bad timed out after 1 s .*\(code 104\)/,
    ],
    ['prints 1 GB', 'head -c 1000000000 /dev/zero', /bad printed more than 16777216 octets on ADD/],
    [
      'writes 1 GB on standard error',
      'head -c 1000000000 /dev/zero >&2',
      /bad printed more than 16777216 octets on ADD/,
    ],
    [
      'prints half a JSON',
      `printf '{"cniVersion":"1.0.0","ips":[{"addr'`,
      /failed to unmarshal raw result: .*\n?/,
    ],
    [
      'prints a result of 50,000 levels',
      `printf '{"cniVersion":"1.0.0","x":%s%s}' "$(head -c 50000 /dev/zero | tr '\\0' '[')" "$(head -c 50000 /dev/zero | tr '\\0' ']')"`,
      /failed to unmarshal raw result: .*\n?/,
    ],
    [
      'prints an error of 50,000 levels',
      `printf '{"code":%s' "$(head -c 50000 /dev/zero | tr '\\0' '[')"; exit 1`,
      /netplugin failed but error parsing its diagnostic message/,
    ],
    [
      'ends with 0 and prints nothing (libcni, case 44)',
      'exit 0',
      /failed to unmarshal raw result: unexpected end of JSON input/,
    ],
    [
      'dies by SIGKILL',
      'echo last words >&2; kill -9 $$',
      /netplugin failed: "last words\\n": signal: killed/,
    ],
    [
      'dies by SIGKILL without a word',
      'kill -9 $$',
      /netplugin failed with no error message: signal: killed[\s\S]*bad ended with signal: killed after \d+ ms/,
    ],
    [
      'fails without a word (libcni, case 52)',
      'exit 3',
      /netplugin failed with no error message: exit status 3/,
    ],
    [
      'prints an error and then more (libcni, case 53)',
      `echo '{"code":7,"msg":"m"}'; echo trailing; exit 1`,
      /netplugin failed but error parsing its diagnostic message/,
    ],
    ['prints an error without words', "echo '{}'; exit 1", /exit status 1/],
    [
      'prints a result of no version',
      `echo '{"cniVersion":"7.0.0"}'`,
      /unsupported CNI result version "7.0.0"/,
    ],
  ] as const

  it.each(cases)(
    'that %s: a clear error in time, all undone, and DEL succeeds',
    async (_, script, says) => {
      await cni.make('bad', `${nothingButDelete}\n${script}`)
      // Where a plugin ends by itself, a busy machine may well take it longer than a second.
      const added = await run('add', ...(says.source.includes('timed out') ? impatient : []))
      expect(added.exitCode).toBe(1)
      expect(added.stderr).toMatch(says)
      expect(added.stderr).toContain('plugin type="bad" failed (add)')
      expect(added.stderr).not.toContain('failed (delete)')
      expect(added.elapsedMs).toBeLessThan(inTimeMs)
      expect(await cni.leftovers()).toEqual([])
      expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
      expect(await cni.leftovers()).toEqual([])
      const pid = (await cni.host.run(['cat', `${cni.host.folder}/pid`])).stdout
      if (pid !== '') await cni.host.run(['kill', pid])
    },
  )

  it('that hangs on every operation: the others are undone all the same, and a later DEL finishes', async () => {
    await cni.make('bad', `exec sleep 1${cni.host.tag.replace(/\D/g, '')}`)
    const added = await run('add', ...impatient)
    expect(added.stderr).toContain('plugin type="bad" failed (add)')
    expect(added.stderr).toContain('plugin type="bad" failed (delete)')
    expect(added.elapsedMs).toBeLessThan(inTimeMs)
    // The record alone stays: something of ours may be left.
    const left = await cni.leftovers()
    expect(left).toEqual([`/var/lib/vethra/attachments/lan-${blue.id}-eth0`])
    await cni.record('bad')
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('on VERSION or a trial: what asks it waits for some seconds, and shows the others', async () => {
    await cni.make('bad', 'trap "" TERM; while :; do sleep 1; done')
    await cni.make('firewall', 'trap "" TERM; while :; do sleep 1; done')
    await cni.make('worse', 'exec cat /dev/zero')
    await cni.make(
      'worst',
      `setsid sh -c 'echo $$ > "$0"; exec sleep 100' "\${0%/plugins/worst}/pid"`,
    )
    const limited = (...args: readonly string[]) =>
      cni.host.run(['timeout', '-s', 'KILL', '60', executable, ...args], { env: cni.path })
    const isolated = ['--plugins', 'exec', 'network', 'create', '-o', 'icc=false', 'apart']
    const [listed, created] = await Promise.all([
      limited('plugin', 'ls', '--format', 'json'),
      limited(...isolated),
    ])
    await cni.host.run(['sh', '-c', `kill "$(cat ${cni.host.folder}/pid)"`])
    expect(listed.exitCode).toBe(0)
    const rows = JSON.parse(listed.stdout) as readonly { Name: string; Versions: string[] }[]
    const versions = new Map(rows.toReversed().map(({ Name, Versions }) => [Name, Versions.length]))
    expect(versions.get('bad')).toBe(0)
    expect(versions.get('worse')).toBe(0)
    expect(versions.get('worst')).toBe(0)
    expect(versions.get('bridge')).toBeGreaterThan(3)
    expect(created.exitCode).toBe(2)
  })

  it('that was removed between ADD and DEL: the others run, and DEL tells of it until it is back', async () => {
    await cni.record('bad')
    expect(await run('add')).toMatchObject({ exitCode: 0 })
    await cni.host.run(['rm', `${cni.host.folder}/plugins/bad`])
    const failed = await run('del')
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('failed to find plugin "bad"'),
    })
    const left = await cni.leftovers()
    expect(left.filter((each) => !/results|attachments/.test(each))).toEqual([])
    await cni.record('bad')
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('that is replaced while it runs: the run is not disturbed, and the next one is the new', async () => {
    const waits = 'touch /run/begun; until [ -e /run/replaced ]; do sleep 0.1; done'
    await cni.make(
      'bad',
      `${nothingButDelete}\n${waits}; printf '{"cniVersion":"1.0.0","dns":{"domain":"old"}}'`,
    )
    const adding = run('add')
    await cni.host.run(['sh', '-c', 'until [ -e /run/begun ]; do sleep 0.1; done'])
    await cni.record('bad')
    await cni.host.run(['touch', '/run/replaced'])
    const added = await adding
    expect(added).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"old"') })
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.ran()).toContain('DEL bad')
    expect(await cni.leftovers()).toEqual([])
  })

  it('that is being written (libcni, case 56): tried again until it can run', async () => {
    const release = await keepBusy()
    const adding = run('add')
    // The plugin before it has run.
    const begun = 'until ip -n blue link show eth0 >/dev/null 2>&1; do sleep 0.1; done; sleep 1'
    await cni.host.run(['sh', '-c', begun])
    await release()
    expect(await adding).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })

  it('that is being written for longer than the deadline: says so in time, and undoes', async () => {
    const release = await keepBusy()
    const added = await run('add', ...impatient)
    expect(added).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('text file busy') })
    expect(added.elapsedMs).toBeLessThan(inTimeMs)
    await release()
    expect(await run('del')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await cni.leftovers()).toEqual([])
  })
})
