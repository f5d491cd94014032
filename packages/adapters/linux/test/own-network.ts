import { dlopen } from 'bun:ffi'
import { execFileSync } from 'node:child_process'

const newNetwork = 0x4000_0000

/**
 * For tests under bun, each file of which has a thread: puts this thread into a network namespace of its own with a
 * loopback that is up. Its sockets, and programs that it starts, are in there: no other test, and no resolver of the machine.
 */
export function enterOwnNetwork(): void {
  const { symbols } = dlopen('libc.so.6', { unshare: { args: ['i32'], returns: 'i32' } })
  if (symbols.unshare(newNetwork) !== 0) throw new Error('no network namespace of its own')
  execFileSync('sh', ['-c', 'ip link set lo up'])
}
