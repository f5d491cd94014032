import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { present, type SeenNamespace } from '@vethra/cni'
import { isFree, processAt } from '@vethra/plugin-exec/programs'
import { isNetns } from './netns.ts'

/** The facts that do not change while this process lives. */
interface Here {
  readonly bootId?: string
  /** Our PID namespace. */
  readonly pidNamespace?: string
  /** Asks the kernel what a descriptor is of; absent under Node, which has no way to. */
  readonly kernel?: Pick<typeof import('./cookie-in-bun.ts'), 'cookieInBun' | 'isNetworkInBun'>
}

/** The boot and the PID namespace of this process, as far as /proc shows them. */
export async function here(bootNow: () => string | undefined): Promise<Here> {
  const bootId = bootNow()
  const pidNamespace = trying(() => readlinkSync('/proc/self/ns/pid'))
  const isBun = process.versions['bun'] !== undefined
  return {
    ...present({ bootId, pidNamespace }),
    ...(isBun ? { kernel: await import('./cookie-in-bun.ts') } : {}),
  }
}

/** The boot of this host; undefined where /proc does not show it. */
export function bootOfHost(): string | undefined {
  return trying(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
}

/** The file at a path, and the folder in which that path is looked up. Never rejects. */
export async function lookAtNetns(
  path: string,
  { bootId, pidNamespace, kernel }: Here,
): Promise<SeenNamespace> {
  const pid = /^\/proc\/(\d+)\/(task\/\d+\/)?ns\/net$/.exec(path)?.[1]
  const place = pid === undefined ? trying(() => numbersOf(statSync(dirname(path)))) : pidNamespace
  const startTime = pid === undefined ? undefined : processAt(Number(pid))?.startTime
  const where = present({ bootId, place, startTime })
  const namespace = await withNetns(path, (descriptor) => identify(descriptor, path, kernel))
  if (namespace) return { found: 'namespace', ...namespace, ...where }
  const missing = pid === undefined ? path !== '' && isMissing(path) : isFree(Number(pid))
  return { found: missing ? 'missing' : 'unreadable', netnsId: '', ...where }
}

/** Runs `work` with a descriptor of what is at a path; undefined when that cannot be opened. */
export async function withNetns<T>(
  path: string,
  work: (descriptor: number) => T | Promise<T>,
): Promise<T | undefined> {
  // What is at the path may be a FIFO, which would be waited for.
  const descriptor = trying(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  if (descriptor === undefined) return undefined
  try {
    return await work(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

// In the executable the kernel says of the descriptor what it is of.
async function identify(descriptor: number, path: string, kernel: Here['kernel']) {
  if (!kernel)
    return (await isNetns(path)) ? { netnsId: numbersOf(fstatSync(descriptor)) } : undefined
  if (!kernel.isNetworkInBun(descriptor)) return undefined
  const cookie = kernel.cookieInBun(descriptor)
  return { netnsId: numbersOf(fstatSync(descriptor)), ...present({ cookie }) }
}

// A link that leads nowhere is there: what it named may be seen from elsewhere.
function isMissing(path: string): boolean {
  try {
    lstatSync(path)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function numbersOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}

/** Returns what `read` returns; undefined for what is missing, or not ours to see. */
export function trying<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
