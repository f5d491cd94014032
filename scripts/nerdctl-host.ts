import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Containerd } from '../e2e/containerd.ts'
import { executable, type Host, plugins, type Ran } from '../e2e/host.ts'
import { podImage } from '../e2e/pods.ts'

/** The programs on one host, by what they print. */
export interface Beside {
  readonly host: Host
  /** nerdctl, which must succeed. */
  readonly theirs: (...args: readonly string[]) => Promise<string>
  readonly fails: (...args: readonly string[]) => Promise<string>
  /** vethra with a data store of its own, and with nerdctl's. */
  readonly ours: (...args: readonly string[]) => Promise<Ran>
  readonly sharing: (...args: readonly string[]) => Promise<Ran>
  /** Whether it is of version 1. */
  readonly isOld: boolean
}

/** A nerdctl on a host, its containerd given. */
export async function openBeside(
  host: Host,
  { socket }: Containerd,
  nerdctl: string,
): Promise<Beside> {
  const run = (...args: readonly string[]) => nerdctlIn(host, socket, nerdctl, args)
  return {
    host,
    theirs: async (...args) => {
      const ran = await run(...args)
      demand(ran.exitCode === 0, `nerdctl ${args.join(' ')}: ${ran.stdout}`)
      return ran.stdout
    },
    fails: async (...args) => {
      const ran = await run(...args)
      demand(ran.exitCode !== 0, `nerdctl ${args.join(' ')} succeeded: ${ran.stdout}`)
      return ran.stdout
    },
    ours: (...args) => host.run([executable, '--address', socket, ...args]),
    sharing: (...args) =>
      host.run([executable, '--address', socket, '--data-root', '/var/lib/nerdctl', ...args]),
    isOld: (await run('--version')).stdout.includes(' 1.'),
  }
}

/** The arguments that run a container in the background. */
export function start(name: string, ...flags: readonly string[]): readonly string[] {
  return ['run', '-d', '--name', name, ...flags, '--entrypoint', '/bin/sleep', podImage, '1000']
}

/** Prepares and starts a container of ours; its id. */
export async function startOurs(
  host: Host,
  ours: Beside['ours'],
  name: string,
  ...flags: readonly string[]
): Promise<string> {
  const id = `${host.tag}-${name}`
  const bundle = await host.bundle(id, ['sleep', '1000'])
  await done(ours('bundle', 'prepare', bundle, '--id', id, '--name', name, ...flags))
  await done(host.start(bundle, id))
  return id
}

/** Deletes a container of ours and forgets it. */
export async function stopOurs(host: Host, ours: Beside['ours'], id: string): Promise<void> {
  await host.stop(id)
  await done(ours('bundle', 'rm', id))
}

// What it runs in the background keeps what it is given as standard output.
function nerdctlIn(
  host: Host,
  socket: string,
  nerdctl: string,
  args: readonly string[],
): Promise<Ran> {
  const own = ['--address', socket, '--cni-path', plugins, '--cgroup-manager', 'cgroupfs']
  const script = 'exec "$@" >"$OUT" 2>&1 </dev/null'
  const out = `${host.folder}/nerdctl.out`
  const argv = ['sh', '-c', script, 'sh', nerdctl, ...own, ...args]
  return host.run(argv, { env: { OUT: out } }).then(async (ran) => ({
    ...ran,
    stdout: (await host.run(['cat', out])).stdout,
  }))
}

/** Removes all of nerdctl's containers, as a failed run has left them. */
export async function removeAll(
  host: Host,
  { socket }: Containerd,
  nerdctl: string,
): Promise<void> {
  const { stdout } = await nerdctlIn(host, socket, nerdctl, ['ps', '-aq'])
  const ids = stdout.split('\n').filter((each) => /^[0-9a-f]{12}$/.test(each))
  if (ids.length > 0) await nerdctlIn(host, socket, nerdctl, ['rm', '-f', ...ids])
  await sleep(200)
}

/** The files of nerdctl's data stores but logs, by their sums. */
export async function theirFiles(host: Host): Promise<string> {
  const script = 'find /var/lib/nerdctl -type f ! -name "*.log" | sort | xargs md5sum'
  return (await host.run(['sh', '-c', script])).stdout
}

/** An object of what a command prints. */
// biome-ignore lint/suspicious/noExplicitAny: what commands print, of several shapes
export type Row = Record<string, any>

/** The rows that a command of ours prints as JSON. */
export async function json(
  vethra: Beside['ours'],
  ...args: readonly string[]
): Promise<readonly Row[]> {
  return JSON.parse((await vethra(...args)).stdout || '[]')
}

/** The rows of `container ls`. */
export function listed(vethra: Beside['ours']): Promise<readonly Row[]> {
  return json(vethra, 'container', 'ls', '--format', 'json')
}

/**
 * The kinds of findings but these: state on tmpfs, as hosts of tests have it, and rules of others, which version 1
 * leaves of what it removed.
 */
export async function kinds(vethra: Beside['ours']): Promise<readonly string[]> {
  const found = await json(vethra, 'doctor', '--format', 'json')
  const isTheirs = ({ Kind, Ours }: Row) => Kind === 'rules-left' && !Ours
  const others = found.filter((each) => !isTheirs(each))
  return others.map(({ Kind }) => Kind).filter((kind) => kind !== 'wrong-file-system')
}

/** Throws unless a command succeeds. */
export async function done(running: Promise<Ran>): Promise<void> {
  const { exitCode, stderr } = await running
  demand(exitCode === 0, stderr)
}

/** Throws unless two values are the same. */
export function equal(found: unknown, wanted: unknown, what: string): void {
  const text = `${JSON.stringify(found)}, and not ${JSON.stringify(wanted)}`
  demand(isDeepStrictEqual(found, wanted), `${what}: ${text}`)
}

/** Throws unless something holds. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
