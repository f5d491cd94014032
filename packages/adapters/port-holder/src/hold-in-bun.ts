import { dlopen, ptr } from 'bun:ffi'
import { closeSync } from 'node:fs'
import type { HeldSocket } from '@vethra/container'
import { isAlive, type Process } from '@vethra/plugin-exec/programs'

/** Keeps sockets until another process ends, asleep in the kernel; connections are closed at once: rules that lead them are missing. */
export function holdInBun(init: Process, sockets: readonly HeldSocket[], ready: () => void): void {
  const libc = openLibc()
  dropCapabilities(libc)
  libc.prctl(setName, BigInt(ptr(processName)), 0n, 0n, 0n)
  const watched = libc.syscall(pidfdOpen, init.pid, 0)
  // Looked at after it was opened: so it is of that very process.
  if (!isAlive(init)) return
  ready()
  const listeners = sockets.flatMap(({ protocol }, index) =>
    protocol === 'udp' ? [] : [firstSocket + index],
  )
  const wanted = pollEntries([watched, ...listeners])
  // Kernels before 5.3 have no descriptors of processes: then looking now and then is all there is.
  const timeoutMs = watched === -1 ? 1000 : -1
  while (isStillThere(wanted, watched, init)) {
    libc.poll(wanted, BigInt(listeners.length + 1), timeoutMs)
    for (const [index, listener] of listeners.entries()) {
      if (wanted.readInt16LE((index + 1) * 8 + 6) !== 0) sendAway(libc, listener)
    }
  }
}

const firstSocket = 3
const setName = 15
const processName = Buffer.from('vethra-ports\0')
const noNewPrivileges = 38
/** Version 3: sets of 64 bits. */
const capabilityHeader = Uint32Array.of(0x20080522, 0)
const pidfdOpen = 434n
const readable = 1
const socketLevel = 1
const lingerOption = 13
/** Closing with nothing to linger for resets the connection. */
const noLinger = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)

type Libc = ReturnType<typeof openLibc>

// Not when this file is read: other starts share it, and have no use for it.
function openLibc() {
  return dlopen('libc.so.6', {
    capset: { args: ['ptr', 'ptr'], returns: 'i32' },
    accept: { args: ['i32', 'ptr', 'ptr'], returns: 'i32' },
    poll: { args: ['ptr', 'u64', 'i32'], returns: 'i32' },
    prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
    setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
    syscall: { args: ['i64', 'i32', 'u32'], returns: 'i32' },
  }).symbols
}

// The sockets were opened before this process was started. Threads that bun has by now keep theirs where setpriv(1)
// has not taken them away: capset(2) is about this one.
function dropCapabilities(libc: Libc): void {
  libc.prctl(noNewPrivileges, 1n, 0n, 0n, 0n)
  libc.capset(capabilityHeader, new Uint32Array(6))
}

/** As an array of struct pollfd. */
function pollEntries(descriptors: readonly number[]): Buffer {
  const entries = Buffer.alloc(descriptors.length * 8)
  for (const [index, descriptor] of descriptors.entries()) {
    entries.writeInt32LE(descriptor, index * 8)
    entries.writeInt16LE(readable, index * 8 + 4)
  }
  return entries
}

function isStillThere(entries: Buffer, watched: number, init: Process): boolean {
  return watched === -1 ? isAlive(init) : entries.readInt16LE(6) === 0
}

function sendAway(libc: Libc, listener: number): void {
  const connection = libc.accept(listener, null, null)
  if (connection === -1) {
    // A listener that is readable and gives nothing would keep us busy.
    Bun.sleepSync(100)
    return
  }
  libc.setsockopt(connection, socketLevel, lingerOption, noLinger, noLinger.length)
  closeSync(connection)
}
