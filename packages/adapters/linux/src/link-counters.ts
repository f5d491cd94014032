import type { LinkCounters } from '@vethra/world'
import { type IpLink, ipJson } from './ip-json.ts'

/** The counters of all interfaces of the current network namespace, in the kernel's order. Throws CniError 5 and 100. */
export async function linkCounters(): Promise<readonly LinkCounters[]> {
  const links = await ipJson<IpLink>('-s', 'link')
  return links.map(({ ifname, master, stats64 }) => ({
    name: ifname,
    ...(master === undefined ? {} : { master }),
    receivedBytes: stats64?.rx.bytes ?? 0,
    sentBytes: stats64?.tx.bytes ?? 0,
  }))
}
