import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { execa } from 'execa'
import { executable, type Host, openHost, type Ran, type RunOptions } from './host.ts'

/** A host with an ordinary user. */
export interface UserHost extends Host {
  /** The folder of the user on a disk: HOME. */
  readonly home: string
  readonly runtimeDir: string
  /** Runs a program as the user. */
  asUser(argv: readonly string[], options?: RunOptions): Promise<Ran>
  /** Starts RootlessKit as the user. `name`: of its state folder. */
  startRootlessKit(name?: string): Promise<RootlessKitRun>
}

/** A RootlessKit that runs. */
export interface RootlessKitRun {
  /** Runs a program inside. */
  inside(argv: readonly string[], options?: RunOptions): Promise<Ran>
  /** Runs the built executable inside. */
  vethra(...args: readonly string[]): Promise<Ran>
  /** Starts a bundle with runc. */
  start(bundle: string, id: string): Promise<Ran>
  /** Runs a program in a container. */
  exec(id: string, ...argv: readonly string[]): Promise<Ran>
  /** Kills a container and deletes it; its hooks run. */
  stop(id: string): Promise<Ran>
  /** Has RootlessKit forward a port no more. */
  forget(id: number): Promise<void>
  /** The ports that RootlessKit forwards, by its API. */
  ports(): Promise<readonly { readonly id: number; readonly spec: Record<string, unknown> }[]>
  /** Kills it, and all that runs inside. */
  kill(): Promise<void>
  close(): Promise<void>
}

const uid = 61_234

// The machine has neither the user nor the device for ordinary users, and gets none.
const setUp = `
echo 'u:x:${uid}:${uid}::'"$0"':/bin/sh' >>/etc/passwd
echo 'u:x:${uid}:' >>/etc/group
mkdir -p /run/user/${uid}
chown -R ${uid}:${uid} "$0" /run/user/${uid}
chmod 700 /run/user/${uid}
mount --bind "$2" "$1"
mkdir -p /dev/net
mount -t tmpfs tmpfs /dev/net
mknod -m 0600 /dev/net/tun c 10 200
`

/** Makes a host with an ordinary user, who has no subordinate ids and no tun device yet. */
export async function openUserHost(): Promise<UserHost> {
  const host = await openHost()
  const home = join(host.folder, 'home')
  const program = join(host.folder, 'vethra')
  await chmod(host.folder, 0o755)
  await mkdir(home)
  await writeFile(program, '')
  const made = await host.run(['sh', '-ec', setUp, home, program, executable])
  if (made.exitCode !== 0) throw new Error(made.stderr)
  const runtimeDir = `/run/user/${uid}`
  const user = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--']
  const env = { HOME: home, XDG_RUNTIME_DIR: runtimeDir, USER: 'u' }
  const asUser: UserHost['asUser'] = (argv, options = {}) =>
    host.run([...user, ...argv], { ...options, env: { ...env, ...options.env } })
  return {
    ...host,
    home,
    runtimeDir,
    asUser,
    vethra: (...args) => asUser([program, ...args]),
    bundle: async (name, args) => {
      const bundle = await host.bundle(name, args)
      const file = join(bundle, 'config.json')
      const config = JSON.parse(await readFile(file, 'utf8'))
      // There is no control group of the user's own.
      config.mounts = config.mounts.filter((each: { type: string }) => each.type !== 'cgroup')
      await writeFile(file, JSON.stringify(config))
      await host.run(['chown', '-R', `${uid}:${uid}`, bundle])
      return bundle
    },
    startRootlessKit: (name = 'rk') => startRootlessKit({ host, user, env, program }, name),
  }
}

interface Parts {
  readonly host: Host
  readonly user: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly program: string
}

// Any of 1.1 to 3 in the place of Debian's.
const rootlesskit = process.env['VETHRA_ROOTLESSKIT'] ?? 'rootlesskit'

/** The flags that RootlessKit is started with. */
export const kitFlags: readonly string[] = [
  '--net=slirp4netns',
  '--mtu=65520',
  '--disable-host-loopback',
  '--port-driver=builtin',
  ...['/etc', '/run', '/var/lib'].map((each) => `--copy-up=${each}`),
  '--propagation=rslave',
  '--pidns',
  '--cgroupns',
]

async function startRootlessKit(
  { host, user, env, program }: Parts,
  name: string,
): Promise<RootlessKitRun> {
  const stateDir = `${env['XDG_RUNTIME_DIR']}/${name}`
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const kit = execa(
    'nsenter',
    [
      ...[...host.enter, '--', ...user],
      ...[rootlesskit, ...kitFlags, `--state-dir=${stateDir}`],
      ...['sh', '-c', 'echo ready; exec cat'],
    ],
    { stdin: 'pipe', reject: false, extendEnv: false, env: { PATH: path, ...env }, cwd: '/' },
  )
  const first = await Promise.race([once(kit.stdout, 'data'), kit])
  if (!Array.isArray(first)) throw new Error(first.stderr)
  // It starts its child before it writes this down.
  const wait = 'until [ -s "$0" ]; do sleep 0.02; done; cat "$0"'
  const { stdout: child } = await host.run([
    'timeout',
    '60',
    'sh',
    '-c',
    wait,
    `${stateDir}/child_pid`,
  ])
  const enter = ['nsenter', '--preserve-credentials', '-U', '-m', '-n', '-p', '-t', child.trim()]
  const within = {
    ...env,
    ROOTLESSKIT_STATE_DIR: stateDir,
    ROOTLESSKIT_PARENT_EUID: String(uid),
    ROOTLESSKIT_PARENT_EGID: String(uid),
  }
  const inside: RootlessKitRun['inside'] = (argv, options = {}) =>
    host.run([...user, ...enter, '--', ...argv], {
      ...options,
      env: { ...within, ...options.env },
    })
  const api = `/proc/${host.enter[1]}/root${stateDir}/api.sock`
  const runc = ['runc', '--root', `${env['XDG_RUNTIME_DIR']}/runc`]
  return {
    inside,
    vethra: (...args) => inside([program, ...args]),
    start: async (bundle, id) => {
      const command = 'exec "$@" >"$0" 2>&1 </dev/null'
      const argv = [
        'sh',
        '-c',
        command,
        `${bundle}/run.log`,
        ...runc,
        'run',
        '-d',
        '-b',
        bundle,
        id,
      ]
      const { exitCode } = await inside(argv)
      return { exitCode, stdout: '', stderr: (await inside(['cat', `${bundle}/run.log`])).stdout }
    },
    exec: (id, ...argv) => inside([...runc, 'exec', id, ...argv]),
    stop: (id) => inside([...runc, 'delete', '--force', id]),
    forget: async (id) => void (await answerAt(api, `/v1/ports/${id}`, 'DELETE')),
    ports: async () => {
      const ports: { id: number; spec: Record<string, unknown> }[] =
        JSON.parse(await answerAt(api, '/v1/ports')) ?? []
      return ports.sort((one, other) => one.id - other.id)
    },
    kill: async () => {
      await host.run(['pkill', '-KILL', '-F', `${stateDir}/child_pid`])
      await kit
    },
    close: async () => {
      kit.stdin.end()
      await kit
    },
  }
}

function answerAt(socketPath: string, path: string, method = 'GET'): Promise<string> {
  const headers = { connection: 'close' }
  return new Promise((resolve, reject) => {
    request({ socketPath, path, method, headers }, async (answer) => {
      resolve((await answer.toArray()).join(''))
    })
      .once('error', reject)
      .end()
  })
}
