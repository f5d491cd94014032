import { closeSync, openSync, readFileSync, readlinkSync, realpathSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { CniError } from '@vethra/cni'
import { readText } from '@vethra/files'
import { inside } from './run.ts'

/** Whether a path is a network namespace, by its file system: nsfs, or /proc/PID/ns/net. */
export async function isNetns(path: string): Promise<boolean> {
  return (await fault(path)) === undefined
}

/** Throws CniError 8 unless the path is a network namespace; the texts are those of the reference plugins. */
export async function checkNetns(path: string): Promise<void> {
  const reason = await fault(path)
  if (reason !== undefined) throw notNetns(path, reason)
}

/** Brings up `lo` in a network namespace. Throws CniError 8 when it cannot be entered. */
export async function bringLoopbackUp(netns: string): Promise<void> {
  if (await isLoopbackUp(netns)) return
  // Two programs to be started cost more than all else that is done for an attachment here.
  if (process.versions['bun'] !== undefined) {
    const { loopbackUpInBun } = await import('./loopback-in-bun.ts')
    if (loopbackUpInBun(netns)) return
  }
  const outcome = await inside(netns, ['ip', 'link', 'set', 'dev', 'lo', 'up'])
  if (outcome.status !== 0) throw notNetns(netns, outcome.stderr.trim())
}

const nsfs = 0x6e736673
const procfs = 0x9fa0
const ofProcess = /^\/proc\/(\d+|self)\/ns\/net$/

async function fault(path: string): Promise<string | undefined> {
  try {
    const { type } = statfsSync(path)
    // Kernels before 3.19 had the namespaces of a process on procfs itself.
    if (ofProcess.test(path) && (type === nsfs || type === procfs)) return undefined
    if (type === nsfs) return (await isNetwork(path)) ? undefined : faultOfKind(path, kindOf(path))
    return `unknown FS magic on ${JSON.stringify(path)}: ${type.toString(16)}`
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // No fault of the path: a process without a JIT can ask nothing.
    if (code === undefined) throw error
    const reason = code === 'ENOENT' ? 'no such file or directory' : message
    return `failed to Statfs ${JSON.stringify(path)}: ${reason}`
  }
}

// Asked of the namespace itself: with a thousand of them, the list of mounts is long.
async function isNetwork(path: string): Promise<boolean> {
  if (process.versions['bun'] === undefined) return false
  const { isNetworkInBun } = await import('./cookie-in-bun.ts')
  const descriptor = openSync(path, 'r')
  try {
    return isNetworkInBun(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function faultOfKind(path: string, kind: string): string | undefined {
  return kind === 'net'
    ? undefined
    : `${JSON.stringify(path)} is a namespace of another kind: ${kind}`
}

/** The kind of namespace at a path on nsfs: `net`, `mnt`, …, by link or mount; `net` where neither shows: entering it fails then. */
function kindOf(path: string): string {
  const link = linkOf(path)
  const kind = /^(\w+):\[\d+\]$/.exec(link)?.[1]
  if (kind !== undefined) return kind
  if (link !== '') return kindOf(resolve(dirname(path), link))
  const real = realpathSync(path)
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  // The one on top comes last.
  const mount = mounts.findLast((line) => withoutOctals(line.split(' ')[4] ?? '') === real)
  return /^(\w+):/.exec(mount?.split(' ')[3] ?? '')?.[1] ?? 'net'
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // It is no link, and statfs has seen it a moment ago.
    return ''
  }
}

function withoutOctals(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** runc brings `lo` up itself, and looking costs no process: it is in the group of all hosts, or has the route to ::1. */
async function isLoopbackUp(netns: string): Promise<boolean> {
  const pid = ofProcess.exec(netns)?.[1]
  if (pid === undefined) return false
  if (/^\d+\tlo\s/m.test((await readText(`/proc/${pid}/net/igmp`)) ?? '')) return true
  const routes = await readText(`/proc/${pid}/net/ipv6_route`)
  return /^0{31}1 80 .* 80200001 +lo$/m.test(routes ?? '')
}

function notNetns(path: string, reason: string): CniError {
  return new CniError({
    code: 8,
    message: `failed to open netns ${JSON.stringify(path)}: ${reason}`,
    // Of what a program says only the system's own words are the same everywhere.
    hint: /not permitted/i.test(reason)
      ? 'Run as root, with CAP_SYS_ADMIN and CAP_NET_ADMIN.'
      : 'Give the path of a network namespace: /proc/PID/ns/net, or one that "ip netns add" made.',
  })
}
