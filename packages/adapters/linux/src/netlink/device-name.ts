import { decodeLink, encodeRouteDump } from '@vethra/netlink'
import type { DeviceRef } from '@vethra/plugins'
import { interfaceBelow } from '../interface-below.ts'
import type { Session } from './session.ts'

/** The name of a device of the host; undefined where there is none. By its MAC the one that is no VLAN or other upper comes first. */
export function deviceName(session: Session, device: DeviceRef): string | undefined {
  const { name, mac, kernelPath, busId } = device
  if (name !== undefined) return session.link('host', name)?.name
  if (mac !== undefined) {
    const { messages } = session.routeMessages('host', [encodeRouteDump('links')])
    const links = messages.flatMap((each) => decodeLink(each) ?? [])
    const found = links.filter((link) => link.mac === mac)
    return (found.find(({ lower }) => lower === undefined) ?? found[0])?.name
  }
  return interfaceBelow({ ...(kernelPath ? { kernelPath } : {}), ...(busId ? { busId } : {}) })
}
