// A host on which systemd is the first process: Debian in namespaces of its own, over a tree that is made
// once and never changed. Sysctls that the machine shares are read-only in it.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { executable, type Ran } from '../e2e/host.ts'

/** A booted host. */
export interface SystemdHost {
  /** Runs a program there; never rejects. */
  run(...argv: readonly string[]): Promise<Ran>
  /** Ends all of its processes; nothing is left but the cached tree. */
  close(): Promise<void>
}

const root = new URL('..', import.meta.url).pathname
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'iproute2',
  'iptables',
  'nftables',
  'containernetworking-plugins',
  'runc',
  'busybox-static',
  'rpm',
  'man-db',
  'bash-completion',
  'zsh',
  'fish',
]
const tree = join(homedir(), '.cache/vethra-tools/systemd-bookworm-3')

/** Makes the tree, where it is not there yet, by mmdebstrap and Debian's mirror. */
export async function prepareTree(): Promise<void> {
  if (existsSync(tree)) return
  const part = `${tree}.${process.pid}`
  await execa('mmdebstrap', ['--variant=apt', `--include=${packages}`, 'bookworm', part])
  await rename(part, tree)
}

// What would touch the machine, or wait for what is not there.
const masked = [
  'systemd-sysctl.service',
  'systemd-modules-load.service',
  'systemd-random-seed.service',
  'systemd-binfmt.service',
  'systemd-udevd.service',
  'systemd-networkd.service',
  'dev-hugepages.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'getty.target',
  'console-getty.service',
]

const boot = `
mount --make-rprivate /
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/scratch" "$work/root"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/scratch" "$work/root"
cd "$work/root"
for unit in $masked; do ln -sf /dev/null "etc/systemd/system/$unit"; done
rm -rf etc/cni var/lib/vethra var/lib/cni
if [ -n "$given" ]; then
  mkdir opt/given
  mount --bind "$given" opt/given
else
  cp "$units"/vethra.* etc/systemd/system/
  touch usr/local/bin/vethra
  mount --bind "$executable" usr/local/bin/vethra
  chroot . systemctl enable vethra.service vethra.socket
fi
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
  touch "dev/$node"
  mount --bind "/dev/$node" "dev/$node"
done
mount -t tmpfs -o mode=755 tmpfs run
mkdir dev/pts dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
pivot_root . mnt
cd /
umount -l /mnt
mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init
`

/**
 * Boots a host with the units of this repository enabled, and none of the folders that they write to; or, where a folder is
 * given, without anything of ours but that folder at /opt/given.
 */
export async function bootSystemd(given = ''): Promise<SystemdHost> {
  const tag = randomBytes(4).toString('hex')
  const work = await mkdtemp(join(tmpdir(), `vethra-systemd-${tag}-`))
  const group = `/sys/fs/cgroup/unified/vethra-systemd-${tag}`
  await mkdir(group)
  const script = `echo $$ >"${group}/cgroup.procs"; exec unshare -n -m -p -u -i -C --fork --kill-child sh -ec "$0"`
  const keeper = execa('sh', ['-ec', script, boot], {
    env: {
      work,
      tree,
      units: join(root, 'packaging/systemd'),
      executable,
      given,
      masked: masked.join(' '),
    },
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
  })
  const init = await firstChild(keeper.pid ?? 0).catch(async (error: unknown) => {
    keeper.kill('SIGKILL')
    throw new Error((await keeper).stderr, { cause: error })
  })
  const run: SystemdHost['run'] = async (...argv) => {
    const enter = ['-t', String(init), '-m', '-n', '-p', '-u', '-i', '-C', '-r', '-w', '--']
    const ran = await execa('nsenter', [...enter, ...argv], {
      reject: false,
      extendEnv: false,
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    })
    return { exitCode: ran.exitCode ?? 255, stdout: ran.stdout, stderr: ran.stderr }
  }
  while ((await run('test', '-S', '/run/dbus/system_bus_socket')).exitCode !== 0)
    await setTimeout(50)
  return {
    run,
    async close() {
      process.kill(init, 'SIGKILL')
      await keeper
      await removeGroup(group)
      await rm(work, { recursive: true })
    },
  }
}

/** The process that becomes the first one of the host. */
async function firstChild(keeper: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const children = await readFile(`/proc/${keeper}/task/${keeper}/children`, 'utf8').catch(
      () => '',
    )
    const pid = Number(children.trim())
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (name.trim() === 'systemd') return pid
    await setTimeout(50)
  }
  throw new Error('systemd did not start within 10 s')
}

async function removeGroup(group: string): Promise<void> {
  for (const entry of await readdir(group, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(group, entry.name))
  }
  // A process that was killed is its group's until it has gone.
  for (let tries = 0; ; tries += 1) {
    try {
      return await rmdir(group)
    } catch (error) {
      if (tries === 100) throw error
      await setTimeout(50)
    }
  }
}
