import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'

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
        const ran = await host.run(['/usr/bin/env', variable, runtime, 'ps'])
        expect(ran).toMatchObject({ exitCode: 1, stdout: '' })
      }
    })

    it('which vethra.toml names', async () => {
      const VETHRA_TOML = join(host.folder, 'vethra.toml')
      await writeFile(VETHRA_TOML, '[runtime]\nbinary = "/bin/echo"\n')
      const env = { VETHRA_TOML }
      expect(await host.run([runtime, 'state', 'x'], { env })).toMatchObject({ stdout: 'state x' })
      await writeFile(VETHRA_TOML, '[runtime]\nbinarie = "/bin/echo"\n')
      expect(await host.run([runtime, 'state', 'x'], { env })).toMatchObject({ exitCode: 2 })
    })
  })
})
