import { dlopen } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { isAlive, type Process } from '@vethra/plugin-exec/programs'

/** Numbers of the kernel's headers, the same on x86_64 and aarch64. */
const pidfdSendSignal = 424n
const pidfdOpen = 434n
const sigkill = 9n

/** Kills a process by a descriptor, never another of its number. False where the kernel gives none (before 5.3), or refuses. */
export function killInBun(process_: Process): boolean {
  const { syscall } = dlopen('libc.so.6', {
    syscall: { args: ['i64', 'i64', 'i64', 'i64', 'i64'], returns: 'i64' },
  }).symbols
  const descriptor = Number(syscall(pidfdOpen, BigInt(process_.pid), 0n, 0n, 0n))
  if (descriptor < 0) return false
  try {
    // Looked at after it was opened: so it is of that very process.
    if (!isAlive(process_)) return true
    return Number(syscall(pidfdSendSignal, BigInt(descriptor), sigkill, 0n, 0n)) === 0
  } finally {
    closeSync(descriptor)
  }
}
