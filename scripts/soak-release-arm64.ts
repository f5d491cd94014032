import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { openRegistry } from './npm-registry.ts'
import { atHome, emptyProject } from './soak-npm-home.ts'

// The first octets of an executable for aarch64, and which bits of them count (binfmt_misc in the kernel's documentation).
const magic = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`
const mask = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`
const enter = `mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf '%s' '${`:arm64:M::${magic}:${mask}:/usr/bin/qemu-aarch64-static:F`}' >/proc/sys/fs/binfmt_misc/register
exec "$@"`

/**
 * Runs the executable for arm64 of a release by qemu-user, out of its tarball and as npm installs it on such a machine. Below Linux
 * 6.7, a user namespace has no binfmt_misc of its own, and this fails. qemu-user passes on no netlink of ours.
 */
export async function tryArm64(release: string, work: string): Promise<void> {
  const folder = join(work, 'arm64')
  await mkdir(folder)
  const tarball = join(release, `vethra-${version}-linux-arm64.tar.gz`)
  await execa('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder])
  await tryExecutable(join(folder, 'bin/vethra'), folder)
  await tryExecutable(await installed(release, work), folder)
}

/** It starts, takes a lock, writes, and reads what it has written. */
async function tryExecutable(file: string, folder: string): Promise<void> {
  const state = await emptyProject(folder)
  const places = ['--data-root', join(state, 'data'), '--cni-netconfpath', join(state, 'net.d')]
  const env = { QEMU_LD_PREFIX: '/usr/aarch64-linux-gnu', PATH: await pathOfArm64(folder) }
  const vethra = async (...words: readonly string[]) => {
    const own = ['-Urnm', 'sh', '-ec', enter, 'sh', file, ...places, ...words]
    return (await execa('unshare', own, { env })).stdout
  }
  assert.equal(await vethra('--version'), version)
  const id = await vethra('network', 'create', 'lan')
  assert.equal(await vethra('network', 'ls', '-q', '--no-trunc'), id)
}

// The command of the npm package asks uname which machine it is on.
async function pathOfArm64(folder: string): Promise<string> {
  const programs = join(folder, 'programs')
  await mkdir(programs, { recursive: true })
  const text = '#!/bin/sh\ncase $1 in -m) echo aarch64 ;; *) exec /usr/bin/uname "$@" ;; esac\n'
  await writeFile(join(programs, 'uname'), text, { mode: 0o755 })
  return `${programs}:${process.env['PATH']}`
}

/** The command in a project that npm has installed `vethra` into, as on arm64: with the one executable that fits. */
async function installed(release: string, work: string): Promise<string> {
  const home = join(work, 'npm')
  await mkdir(home)
  const registry = await openRegistry('http://127.0.0.1:9/')
  try {
    const token = `${registry.url.replace('http:', '')}:_authToken=none`
    await writeFile(join(home, '.npmrc'), `registry=${registry.url}\n${token}\n`)
    for (const name of ['vethra-cli-linux-x64', 'vethra-cli-linux-arm64', 'vethra']) {
      const tarball = join(release, `${name}-${version}.tgz`)
      await execa('npm', ['publish', '--no-provenance', tarball], atHome(home))
    }
    const project = await emptyProject(home)
    const machine = ['--os=linux', '--cpu=arm64', '--libc=glibc']
    await execa('npm', ['install', ...machine, 'vethra'], atHome(home, project))
    const modules = join(project, 'node_modules')
    assert.deepEqual(await readdir(join(modules, '@vethra')), ['cli-linux-arm64'])
    return join(modules, '.bin/vethra')
  } finally {
    await registry.close()
  }
}
