import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

/** How a program ended. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A host of its own: namespaces for network and mounts, with nothing of the machine's state in it. */
export interface Host {
  /** Unique: for container ids and names. */
  readonly tag: string
  /** What nsenter(1) is told to run a program there. */
  readonly enter: readonly string[]
  /** A folder that goes with the host. */
  readonly folder: string
  /** Runs a program there, with the environment given over a plain one; never rejects. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>
  /** Runs the built executable there. */
  vethra(...args: readonly string[]): Promise<Ran>
  /** Runs runc there with a state folder of the host's own. */
  runc(...args: readonly string[]): Promise<Ran>
  /** Starts a bundle in the background with runc; what runc and the hooks said is in `stderr`. */
  start(bundle: string, id: string): Promise<Ran>
  /** Kills a container and deletes it; its hooks run. */
  stop(id: string): Promise<Ran>
  /** Makes a bundle whose process is `args` in a busybox root file system. */
  bundle(name: string, args: readonly string[]): Promise<string>
  /** Interfaces, rules, reservations and files, as they are: equal when nothing was left behind. */
  snapshot(): Promise<Snapshot>
  close(): Promise<void>
}

/** Options of one run. */
export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const root = new URL('..', import.meta.url).pathname
/** The executable under test. */
export const executable: string = process.env['VETHRA_TEST_EXECUTABLE'] ?? join(root, 'dist/vethra')
/** The folder of Debian's CNI plugins. */
export const plugins: string = process.env['CNI_PATH'] || '/usr/lib/cni'

// What Vethra, plugins and runtimes write to lies in these: empty in each host, and gone with it.
const setUp = [
  'mount -t tmpfs tmpfs /run',
  'mount -t tmpfs tmpfs /var/lib',
  'mkdir -p /run/.etc/upper /run/.etc/work /run/netns',
  'mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/.etc/upper,workdir=/run/.etc/work /etc',
  // A distribution's packages put networks there.
  '[ ! -d /etc/cni/net.d ] || mount -t tmpfs tmpfs /etc/cni/net.d',
  // sysfs shows the interfaces of the namespace that mounts it; cgroups stay the machine's.
  'mkdir /run/.cgroup',
  'mount --rbind /sys/fs/cgroup /run/.cgroup',
  'mount -t sysfs sysfs /sys',
  'mount --rbind /run/.cgroup /sys/fs/cgroup',
  'umount -R /run/.cgroup',
  'ip link set lo up',
  'echo ready',
  'exec cat',
].join('; ')

/** Which plugins run in the process: the setting `plugins`. */
type PluginChoice = 'auto' | 'native' | 'exec'

/** Which way attachments go where a test does not say: scripts run suites both ways. */
export const way: PluginChoice = process.env['VETHRA_TEST_PLUGINS'] === 'exec' ? 'exec' : 'auto'

/** Options of a host. */
interface HostOptions {
  /** Default: as `way` says. */
  readonly plugins?: PluginChoice
}

/** Shell words that wait until what was put into the background last is sleep(1): before that it is still the shell, or a wrapper. */
export const untilAsleep: string = 'until grep -qx sleep /proc/$!/comm; do :; done'

/** Whether hosts can be made. End-to-end tests need root; in CI its absence is a failure. */
export const isRoot: boolean = process.getuid?.() === 0

/** Makes a host. Close it, or its keeper process stays. */
export async function openHost(options: HostOptions = {}): Promise<Host> {
  const tag = `t${randomBytes(5).toString('hex')}`
  const folder = await mkdtemp(join(tmpdir(), `vethra-e2e-${tag}-`))
  const keeper = execa('unshare', ['-n', '-m', '--propagation', 'private', 'sh', '-ec', setUp], {
    stdin: 'pipe',
    reject: false,
  })
  await Promise.race([once(keeper.stdout, 'data'), keeper])
  const run = runner(keeper.pid ?? 0, options.plugins ?? way)
  const runc = ['runc', '--root', join(folder, 'runc')]
  const started = new Set<string>()
  return {
    tag,
    enter: enterOf(keeper.pid ?? 0),
    folder,
    run,
    vethra: (...args) => run([executable, ...args]),
    runc: (...args) => run([...runc, ...args]),
    start: async (bundle, id) => {
      started.add(id)
      // A container keeps what runc was given as standard output: a pipe would never close.
      const log = join(folder, `${id}.log`)
      const command = `exec "$@" >${log} 2>&1 </dev/null`
      const argv = ['sh', '-c', command, 'sh', ...runc, 'run', '-d', '-b', bundle, id]
      const { exitCode } = await run(argv)
      return { exitCode, stdout: '', stderr: await readFile(log, 'utf8') }
    },
    stop: async (id) => {
      started.delete(id)
      return run([...runc, 'delete', '--force', id])
    },
    bundle: (name, args) => makeBundle(join(folder, name), args),
    snapshot: () => takeSnapshot(run),
    close: async () => {
      for (const id of started) await run([...runc, 'delete', '--force', id])
      keeper.stdin?.end()
      await keeper
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function enterOf(keeper: number): readonly string[] {
  return ['-t', String(keeper), '-n', '-m']
}

function runner(keeper: number, choice: PluginChoice): Host['run'] {
  const enter = enterOf(keeper)
  return async ([file = '', ...args], { input = '', env = {}, cwd = '/' } = {}) => {
    const ran = await execa('nsenter', [...enter, `--wd=${cwd}`, '--', file, ...args], {
      input,
      reject: false,
      extendEnv: false,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        CNI_PATH: plugins,
        VETHRA_PLUGINS: choice,
        ...env,
      },
      cwd: '/',
    })
    return { exitCode: ran.exitCode ?? 255, stdout: ran.stdout, stderr: ran.stderr }
  }
}

const applets = [
  'sh',
  'sleep',
  'cat',
  'ip',
  'ping',
  'httpd',
  'wget',
  'hostname',
  'grep',
  'ls',
  'nslookup',
  'nc',
  'echo',
]

async function makeBundle(bundle: string, args: readonly string[]): Promise<string> {
  const bin = join(bundle, 'rootfs/bin')
  for (const dir of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'www']) {
    await mkdir(join(bundle, 'rootfs', dir), { recursive: true })
  }
  await cp('/bin/busybox', join(bin, 'busybox'))
  for (const applet of applets) await symlink('busybox', join(bin, applet))
  for (const file of ['hosts', 'resolv.conf', 'hostname']) {
    await writeFile(join(bundle, 'rootfs/etc', file), '')
  }
  await execa('runc', ['spec', '--bundle', bundle])
  const config = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8'))
  config.process.terminal = false
  config.process.args = args
  config.process.capabilities = allowPing(config.process.capabilities)
  config.root.readonly = false
  await writeFile(join(bundle, 'config.json'), `${JSON.stringify(config, null, '\t')}\n`)
  return bundle
}

function allowPing(capabilities: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(capabilities).map(([set, names]) => [set, [...names, 'CAP_NET_RAW']]),
  )
}
