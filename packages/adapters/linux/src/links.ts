import { checkIfname } from '@vethra/cni'
import type { LinkCounters } from '@vethra/world'
import { type IpLink, ipJson } from './ip-json.ts'
import { failed, run } from './run.ts'

/** An interface of the current network namespace; undefined when there is none of this name. Throws CniError 4 for what can be no name. */
export async function findLink(
  name: string,
): Promise<{ readonly mtu: number; readonly loopback: boolean } | undefined> {
  checkIfname(name)
  // Asking for one name ends with the same status for "no such interface" and for any other failure.
  const link = (await ipJson<IpLink>('link')).find(({ ifname }) => ifname === name)
  return link && { mtu: link.mtu, loopback: link.flags.includes('LOOPBACK') }
}

/** Deletes an interface; false when there is none. Throws CniError 5 when it cannot be deleted. */
export async function deleteLink(name: string): Promise<boolean> {
  return changeLink(name, ['delete', 'dev', name])
}

/** Writes a mark into the alias of an interface; false when there is none. Throws CniError 5 when it cannot be written. */
export async function markLink(name: string, mark: string): Promise<boolean> {
  return changeLink(name, ['set', 'dev', name, 'alias', mark])
}

async function changeLink(name: string, args: readonly string[]): Promise<boolean> {
  if ((await findLink(name)) === undefined) return false
  const outcome = await run('ip', ['link', ...args])
  if (outcome.status === 0) return true
  if ((await findLink(name)) === undefined) return false
  throw failed(`ip link ${args.join(' ')}`, outcome)
}

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
