import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { CniError, ioError, systemHint } from '@vethra/cni'
import { faultPoint, flockHolders, lockKey } from '@vethra/files'
import type { Lock } from '@vethra/world'

/** Options of `flockLock`. */
export interface FlockLockOptions {
  /** How long `hold` waits for the lock, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number
  /** Files below this folder are removed when released, if no other program locks there. `isLeft`: a killed holder's file. Default: none. */
  readonly removeBelow?: string
}

/**
 * A `Lock` by flock(2), exclusive, on the very path given: a folder as it is, a file made 0600 with
 * its folders (0700) when it is missing. The kernel frees it the moment its holder dies; a holder
 * that is only stopped keeps it. If the file is removed while we wait, the one that takes its place
 * counts. In the executable it is one system call; under Node, flock(1) takes it for us on a file
 * that we hold open. Throws CniError 105 naming the path, and the holder where the kernel says.
 */
export function flockLock(options: FlockLockOptions = {}): Lock {
  const { timeoutMs = 60_000, removeBelow } = options
  return {
    async hold(path, work) {
      const isOwn = removeBelow !== undefined && path.startsWith(`${removeBelow}/`)
      const { descriptor, wasThere, isFile } = await take(path, timeoutMs)
      try {
        faultPoint('lock', `taken on ${path}`)
        return await work(isOwn && wasThere)
      } finally {
        faultPoint('lock', `to be freed on ${path}`)
        // While it is locked nobody else may remove it, so what is at the path is what we hold: a file, or a folder of others.
        if (isOwn && isFile) rmSync(path, { force: true })
        closeSync(descriptor)
      }
    },
  }
}

/** Waits until a file takes the lock or the time is over; false then. */
type WaitForLock = (descriptor: number, timeoutMs: number) => Promise<boolean>

interface Taken {
  readonly descriptor: number
  readonly wasThere: boolean
  /** Whether it is a file, and no folder. */
  readonly isFile: boolean
}

async function take(path: string, timeoutMs: number): Promise<Taken> {
  const wait = await waitForLock()
  const end = performance.now() + timeoutMs
  for (;;) {
    const wasThere = existsSync(path)
    const descriptor = openTarget(path)
    let taken = false
    try {
      if (!(await wait(descriptor, end - performance.now()))) throw tooLate(path, descriptor)
      const locked = fstatSync(descriptor, { bigint: true })
      taken = isAt(path, locked)
      if (taken) return { descriptor, wasThere, isFile: locked.isFile() }
    } finally {
      if (!taken) closeSync(descriptor)
    }
  }
}

async function waitForLock(): Promise<WaitForLock> {
  // Node must never evaluate bun:ffi, nor the executable spawn flock(1).
  return process.versions['bun'] !== undefined
    ? (await import('./wait-in-bun.ts')).waitInBun
    : (await import('./wait-in-node.ts')).waitInNode
}

/** Whether the path still names the file that we locked: else another could lock its successor. */
function isAt(path: string, locked: BigIntStats): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false })
  return there !== undefined && there.ino === locked.ino && there.dev === locked.dev
}

// Undefined when unlisted, when it has ended, and without /proc.
function holderOf(descriptor: number): number | undefined {
  try {
    return flockHolders().get(lockKey(fstatSync(descriptor, { bigint: true })))
  } catch {
    return undefined
  }
}

function tooLate(path: string, descriptor: number): CniError {
  const holder = holderOf(descriptor)
  return new CniError({
    code: 105,
    message: `timed out waiting for the lock ${path}${holder === undefined ? '' : `: process ${holder} holds it`}`,
    hint:
      holder === undefined
        ? `Find who holds it with "fuser ${path}", and end it or wait.`
        : `Look at what process ${holder} waits for, and end it or wait.`,
  })
}

/** Opens what is to be locked, made if missing; the descriptor is not inherited by children. Throws CniError 5. */
function openTarget(path: string): number {
  try {
    return openOrMake(path)
  } catch (error) {
    if (!is(error, 'ENOENT')) throw cannotOpen(path, error)
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openOrMake(path)
  } catch (error) {
    throw cannotOpen(path, error)
  }
}

function openOrMake(path: string): number {
  const { O_CREAT, O_DIRECTORY, O_NONBLOCK, O_RDONLY } = constants
  try {
    return openSync(path, O_RDONLY | O_CREAT | O_NONBLOCK, 0o600)
  } catch (error) {
    // Linux takes no O_CREAT for a folder, not even for one that exists.
    if (!is(error, 'EISDIR')) throw error
    return openSync(path, O_RDONLY | O_DIRECTORY)
  }
}

function is(error: unknown, code: string): boolean {
  return (error as { code?: unknown }).code === code
}

function cannotOpen(path: string, cause: unknown): CniError {
  const hint = systemHint(cause)
  return ioError(`cannot open ${path} to lock it`, { cause, hint })
}
