import { readdirSync, readFileSync } from 'node:fs'
import { encodeRouteDump, type FoundLink, masterOf } from '@vethra/netlink'
import type { Session } from './session.ts'

/** How many ports a bridge of the host has, by /sys where possible: a listing of a thousand links takes 20 ms. */
export function countPorts(session: Session, bridge: FoundLink): number {
  return portsInSys(bridge) ?? portsByDump(session, bridge)
}

// sysfs shows the namespace that it was mounted in: a bridge of this name there may be another one.
function portsInSys({ name, index, mac }: FoundLink): number | undefined {
  const folder = `/sys/class/net/${name}`
  try {
    const text = (file: string) => readFileSync(`${folder}/${file}`, 'utf8').trim()
    const isThis = text('ifindex') === String(index) && text('address') === mac
    return isThis ? readdirSync(`${folder}/brif`).length : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function portsByDump(session: Session, { index }: FoundLink): number {
  const { messages } = session.routeMessages('host', [encodeRouteDump('links')])
  return messages.filter((each) => masterOf(each) === index).length
}
