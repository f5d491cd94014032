import { closeSync, openSync } from 'node:fs'
import { ioctl, socketIn } from './libc-in-bun.ts'

/**
 * Brings up `lo` in a network namespace by system calls of this thread. False when the system refuses: what it
 * says is not to be had here.
 */
export function loopbackUpInBun(netns: string): boolean {
  const there = openSync(netns, 'r')
  try {
    const socket = socketIn(there)
    if (socket === -1) return false
    try {
      return setUp(socket)
    } finally {
      closeSync(socket)
    }
  } finally {
    closeSync(there)
  }
}

const getFlags = 0x8913n
const setFlags = 0x8914n
const up = 1
/** In a struct ifreq the flags stand behind the name. */
const flagsAt = 16

function setUp(socket: number): boolean {
  const request = Buffer.alloc(40)
  request.write('lo')
  if (ioctl(socket, getFlags, request) !== 0) return false
  request.writeUInt16LE(request.readUInt16LE(flagsAt) | up, flagsAt)
  return ioctl(socket, setFlags, request) === 0
}
