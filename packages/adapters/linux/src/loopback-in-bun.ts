import { closeSync, existsSync } from 'node:fs'
import { libc } from './netlink/libc-in-bun.ts'
import { openNamespace, socketIn } from './netlink/visit.ts'

/** Brings up `lo` in a network namespace by system calls of this thread. False when the system refuses. */
export function loopbackUpInBun(netns: string): boolean {
  return visiting(netns, setUp)
}

/** Whether a network namespace has an interface of that name; false where the system refuses the visit. */
export function hasLinkInBun(netns: string, ifname: string): boolean {
  if (ifname.length > nameLength || !existsSync(netns)) return false
  return visiting(netns, (socket) => {
    const request = Buffer.alloc(40)
    request.write(ifname)
    return libc().ioctl(socket, getIndex, request) === 0
  })
}

function visiting(netns: string, work: (socket: number) => boolean): boolean {
  const there = openNamespace(netns)
  try {
    const socket = socketIn(there)
    if (socket === -1) return false
    try {
      return work(socket)
    } finally {
      closeSync(socket)
    }
  } finally {
    closeSync(there)
  }
}

const nameLength = 15
const getIndex = 0x8933n
const getFlags = 0x8913n
const setFlags = 0x8914n
const up = 1
/** In a struct ifreq the flags stand behind the name. */
const flagsAt = 16

function setUp(socket: number): boolean {
  const request = Buffer.alloc(40)
  request.write('lo')
  if (libc().ioctl(socket, getFlags, request) !== 0) return false
  request.writeUInt16LE(request.readUInt16LE(flagsAt) | up, flagsAt)
  return libc().ioctl(socket, setFlags, request) === 0
}
