import { sha256 } from '@noble/hashes/sha2.js'

/** The owner of a resource: an attachment, a network, or the host. */
export type Owner =
  | AttachmentOwner
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'host' }

/** One container in one network through one interface. */
export interface AttachmentOwner {
  readonly kind: 'attachment'
  readonly network: string
  readonly containerId: string
  readonly ifname: string
}

/** An owner's mark, at most 253 octets: `vethra NETWORK CONTAINERID IFNAME`, `vethra NETWORK`, `vethra`; `~` and a hash for a long id. */
export function ownerMark(owner: Owner): string {
  if (owner.kind === 'host') return 'vethra'
  if (owner.kind === 'network') return `vethra ${owner.network}`
  const { network, containerId, ifname } = owner
  const mark = `vethra ${network} ${containerId} ${ifname}`
  return mark.length <= room ? mark : `vethra ${network} ${shortId(containerId)} ${ifname}`
}

const room = 240

function shortId(containerId: string): string {
  // Container ids are ASCII (SPEC 1.1.0, section 2).
  const octets = Uint8Array.from(containerId, (letter) => letter.charCodeAt(0))
  const digest = sha256(octets).subarray(0, 16)
  return `~${[...digest].map((octet) => octet.toString(16).padStart(2, '0')).join('')}`
}

/** The owner that a mark names; undefined for a text that is no mark of ours. */
export function readMark(mark: string): Owner | undefined {
  const [first, network, containerId, ifname, ...more] = mark.split(' ')
  if (first !== 'vethra' || more.length > 0) return undefined
  if (network === undefined) return { kind: 'host' }
  if (containerId === undefined) return network === '' ? undefined : { kind: 'network', network }
  return ifname ? { kind: 'attachment', network, containerId, ifname } : undefined
}

/** The owner that an attachment is, by its three names, whatever else `key` has. */
export function attachmentOwner(given: Omit<AttachmentOwner, 'kind'>): AttachmentOwner {
  const { network, containerId, ifname } = given
  return { kind: 'attachment', network, containerId, ifname }
}

/** Whether two owners are the same. */
export function isSameOwner(one: Owner, other: Owner): boolean {
  return ownerMark(one) === ownerMark(other)
}
