import {
  isProvable,
  isSameNamespace,
  type Life,
  lifeOf,
  netnsError,
  present,
  type Result,
  type SeenNamespace,
} from '@vethra/cni'
import type { AttachmentRecord, NamespaceFacts, ResultCache } from '@vethra/world'
import { resultOf } from './cached-list.ts'
import type { HostTools } from './host-tools.ts'

/** Throws CniError 8 unless a path is a network namespace other than the runtime's own. */
export async function checkNamespace({ look }: NamespaceFacts, path: string): Promise<void> {
  const seen = await look(path)
  // Of two that live, device and inode tell.
  const isOwn = seen.netnsId === (await look('/proc/self/ns/net')).netnsId
  if (seen.found === 'namespace' && !isOwn) return
  const what = seen.found === 'namespace' ? "the runtime's own network" : 'no network'
  throw netnsError(
    `${JSON.stringify(path)} is ${what} namespace`,
    'Give the path of a container\'s network namespace: /proc/PID/ns/net, or one that "ip netns add" made.',
  )
}

/** The evidence for the life of an attachment. */
export interface LifeTools {
  readonly netns: NamespaceFacts
  readonly cache: Pick<ResultCache, 'read'>
}

/**
 * Whether a recorded attachment's namespace lives; one of 0.1 by the MAC and addresses of the interface inside. Unknown where
 * the record was edited to name another path than ADD had, and it may live there.
 */
export async function lifeNow(tools: LifeTools, record: AttachmentRecord): Promise<Life> {
  const life = await lifeAtPath(tools, record)
  if (life === 'unknown') return life
  // The cached result may have been edited, too: it is asked only where nothing else tells.
  const made = record.made ?? (life === 'gone' ? await tools.cache.read(record) : undefined)
  const netns = made?.attachment.netns ?? record.netns
  if (netns === record.netns) return life
  // What is alive at another path has given the record its identity: it tells nothing of the namespace of ADD.
  const { network, containerId, ifname, place } = record
  const bare = { network, containerId, ifname, netnsId: '', ...present({ place }) }
  const then = { ...(life === 'alive' ? bare : record), netns }
  return (await lifeAtPath(tools, then)) === 'gone' ? 'gone' : 'unknown'
}

async function lifeAtPath(tools: LifeTools, record: AttachmentRecord): Promise<Life> {
  const seen = await tools.netns.look(record.netns)
  const isSure = isProvable(record, seen) && (await isProven(tools, record, seen))
  return lifeOf(record, seen, { isProven: isSure })
}

/** Whether a namespace is certainly still the one that was recorded. */
export async function isAlive(tools: LifeTools, record: AttachmentRecord): Promise<boolean> {
  return (await lifeNow(tools, record)) === 'alive'
}

/** The first of some attachments that lives and whose result is meant; that is undefined where it cannot be read. */
export async function findLiving(
  tools: LifeTools,
  records: readonly AttachmentRecord[],
  isMeant: (result: Result | undefined) => boolean,
): Promise<AttachmentRecord | undefined> {
  for (const each of records) {
    const result = resultOf((await tools.cache.read(each)) ?? each.made)
    if (isMeant(result) && (await isAlive(tools, each))) return each
  }
  return undefined
}

/** Whether the interface of an attachment is in a namespace that was seen, with the MAC and the addresses that ADD returned. */
export async function isProven(
  { netns, cache }: LifeTools,
  record: AttachmentRecord,
  { cookie }: SeenNamespace,
): Promise<boolean> {
  const returned = resultOf((await cache.read(record)) ?? record.made)
  const mac = returned?.interfaces.find(isInside(record.ifname))?.mac ?? ''
  const addresses = returned?.ips.map(({ address }) => address) ?? []
  if (mac === '' || addresses.length === 0) return false
  const found = await netns.interfaceIn(record.netns, record.ifname)
  if (found === undefined || found.cookie !== cookie || !isEqual(found.mac, mac)) return false
  return addresses.every((each) => found.addresses.some((own) => isEqual(own, each)))
}

function isInside(ifname: string) {
  return ({ name, sandbox = '' }: { readonly name: string; readonly sandbox?: string }) =>
    name === ifname && sandbox !== ''
}

function isEqual(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** Records of ours that name an interface of the namespace that is at a path now. */
export async function recordsNaming(
  { netns, records }: Pick<HostTools, 'netns' | 'records'>,
  wanted: { readonly netns: string; readonly ifname: string },
): Promise<readonly AttachmentRecord[]> {
  const seen = await netns.look(wanted.netns)
  const isHere = (record: AttachmentRecord) =>
    isSameNamespace(record, seen) ?? record.netnsId === seen.netnsId
  const all = await records.list()
  return all.filter((record) => record.ifname === wanted.ifname && isHere(record))
}
