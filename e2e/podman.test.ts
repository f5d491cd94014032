import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import type { Snapshot } from './snapshot.ts'

// The lines of the page, to be tried as they are.
const page = await readFile(new URL('../docs/runtimes.md', import.meta.url), 'utf8')
const named = (line: RegExp) => line.exec(page)?.[1] ?? 'not on the page'
const hooks = named(/^vethra plugin install --hooks (\S+)$/m)
const ourRuntime = named(/^podman --runtime (\S+) run/m)

describeOnHost("Debian's Podman, with --network none", () => {
  let host: Host
  let rootfs: string
  const runtime = ourRuntime
  let empty: Snapshot

  beforeAll(async () => {
    host = await openHost()
    rootfs = `${await host.bundle('rooted', [])}/rootfs`
    // Podman keeps its locks in /dev/shm.
    const folders = `set -e
      for each in /dev/shm /usr/local/bin; do mount -t tmpfs tmpfs $each; done
      ln -s ${executable} /usr/local/bin/vethra-runc
      cp -r /usr/share/containers ${host.folder}/shared
      mount --bind ${host.folder}/shared /usr/share/containers`
    expect(await host.run(['sh', '-c', folders])).toMatchObject({ exitCode: 0 })
    empty = await host.snapshot()
    await host.vethra('network', 'create', 'lan', '--subnet', '10.9.1.0/24')
  })

  afterAll(async () => {
    // Control groups are the machine's, and stay.
    await host.run([
      'sh',
      '-c',
      `find /sys/fs/cgroup/*/${host.tag} -depth -type d -exec rmdir {} +`,
    ])
    await host.close()
  })

  const podman = (real: string, ...args: readonly string[]) => {
    const places = ['--root', `${host.folder}/storage`, '--runroot', '/run/storage']
    const ways = [
      '--storage-driver',
      'vfs',
      '--cgroup-manager',
      'cgroupfs',
      '--events-backend',
      'none',
    ]
    const argv = ['podman', ...places, ...ways, '--runtime', real, ...args]
    // conmon stays, and keeps what it is given as standard output.
    return host.run(['sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh', ...argv])
  }
  const run = (real: string, flags: readonly string[], ...args: readonly string[]) => {
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']
    const fixed = ['run', '--network', 'none', '--cgroup-parent', `/${host.tag}`, ...limits]
    return podman(real, ...fixed, ...flags, '--rootfs', rootfs, ...args)
  }
  const asked = (name: string) => [
    ...['--annotation', 'vethra.network=lan', '--annotation', `vethra.name=${name}`],
  ]
  const shown = 'ip -4 -o addr; cat /etc/hosts'
  const known = async () =>
    JSON.parse((await host.vethra('container', 'ls', '--format', 'json')).stdout)

  describe('and vethra-runc as its runtime', () => {
    it('attaches a container by its annotations, in place of the hosts file that Podman makes', async () => {
      const ran = await run(runtime, ['--rm', ...asked('web')], '/bin/sh', '-c', shown)
      expect(ran).toMatchObject({
        ...{ exitCode: 0, stdout: expect.stringMatching(/^10\.9\.1\.\d+\s.*\bweb\b/m) },
      })
      expect(await known()).toEqual([])
    })

    it('stops, starts again and removes it', async () => {
      expect(
        await run(runtime, ['-d', '--name', 'db', ...asked('db')], '/bin/sleep', '1000'),
      ).toMatchObject({ exitCode: 0 })
      expect(await known()).toMatchObject([{ Name: 'db', State: 'running', Networks: ['lan'] }])
      expect(await podman(runtime, 'stop', '-t', '0', 'db')).toMatchObject({ exitCode: 0 })
      expect(await known()).toEqual([])
      expect(await podman(runtime, 'start', 'db')).toMatchObject({ exitCode: 0 })
      expect(await known()).toMatchObject([{ Name: 'db', State: 'running' }])
      expect(await podman(runtime, 'rm', '-f', '-t', '0', 'db')).toMatchObject({ exitCode: 0 })
      expect(await known()).toEqual([])
    })
  })

  describe('and our hook file', () => {
    beforeAll(async () => {
      const installed = await host.vethra('plugin', 'install', '--hooks', hooks)
      expect(installed).toMatchObject({ exitCode: 0, stdout: join(hooks, 'vethra.json') })
    })

    it.each(['/usr/sbin/runc', runtime])(
      'attaches a container once, with the runtime %s',
      async (real) => {
        const ran = await run(real, ['--rm', ...asked('web')], '/bin/sh', '-c', shown)
        expect(ran).toMatchObject({
          ...{ exitCode: 0, stdout: expect.stringMatching(/^10\.9\.1\.\d+\s.*\bweb\b/m) },
        })
        expect(ran.stdout.match(/eth\d +inet/g)).toEqual(['eth0    inet'])
        expect(await known()).toEqual([])
      },
    )

    it('leaves other containers alone, and says in a file why it refuses one', async () => {
      expect(await run('/usr/sbin/runc', ['--rm'], '/bin/hostname')).toMatchObject({ exitCode: 0 })
      const refused = ['--rm', '--annotation', 'vethra.ports=22:22']
      expect(await run('/usr/sbin/runc', refused, '/bin/hostname')).toMatchObject({ exitCode: 126 })
      const log = await host.run(['cat', '/run/vethra/precreate.log'])
      expect(log.stdout).toMatch(/vethra\.ports/)
    })
  })

  it('nothing is left of all of them', async () => {
    await host.vethra('network', 'rm', 'lan')
    await host.run(['rm', '-rf', '/run/storage', '/run/libpod', '/run/vethra/precreate.log'])
    expect(await host.snapshot()).toEqual(empty)
    const left = await host.run(['cat', join(hooks, 'vethra.json')])
    expect(left.stdout).toContain('precreate')
  })
})
