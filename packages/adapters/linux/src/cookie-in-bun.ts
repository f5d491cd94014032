import { closeSync } from 'node:fs'
import { getOption, libc } from './netlink/libc-in-bun.ts'
import { socketIn } from './netlink/visit.ts'

const getId = 0x8008b70dn
const getType = 0xb703n
const nothing = new Uint8Array(1)
/** CLONE_NEWNET. */
const networkType = 0x40000000
const socketLevel = 1
const netnsCookie = 71

/** Whether a descriptor is of a network namespace: NS_GET_NSTYPE, Linux 4.11. */
export function isNetworkInBun(namespace: number): boolean {
  return libc().ioctl(namespace, getType, nothing) === networkType
}

/** The cookie of a namespace's descriptor, in decimal, by NS_GET_ID or SO_NETNS_COOKIE (Linux 5.14); undefined without either. */
export function cookieInBun(namespace: number): string | undefined {
  const cookie = new BigUint64Array(1)
  if (libc().ioctl(namespace, getId, cookie) === 0) return String(cookie[0])
  const socket = socketIn(namespace)
  if (socket === -1) return undefined
  try {
    const got = getOption(socket, socketLevel, netnsCookie, cookie)
    return got === 0 ? String(cookie[0]) : undefined
  } finally {
    closeSync(socket)
  }
}
