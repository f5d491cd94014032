import type { AttachmentKey, ContainerRef } from '@vethra/cni'
import type { MasqueradedAttachment } from '@vethra/firewall'
import type { Reservation } from '@vethra/ipam'
import type { State } from '@vethra/state'
import type { ObservedName, PortSettings, TableOwner } from './observed-state.ts'

/** The repair of a finding, by its effect. It is made under the lock of its scope, where a second look finds it due again. */
export type Repair = { [K in keyof Repairs]: RepairOf<K> }[keyof Repairs]

/** A repair of one kind. */
export type RepairOf<K extends keyof Repairs> = { readonly kind: K } & Repairs[K]

interface OfAttachment {
  readonly attachment: AttachmentKey
}

/** The kinds of repairs, and what each takes. Their words say what they do: `describeRepair`. */
export interface Repairs {
  /** From what is cached. */
  'restore-record': OfAttachment
  /** Its content is made again, or not needed. */
  'replace-file': { readonly network: string; readonly file: string; readonly isFolder?: boolean }
  /** `files`: those that are lost, of what is mounted into a container. */
  'restore-files': ContainerRef & { readonly files: readonly string[] }
  /** From what was recorded. */
  'restore-result': OfAttachment
  /** Its namespace is gone or is another, or ADD was never finished. `netns`: one that lives. */
  detach: OfAttachment & { readonly netns?: string }
  /** By their marks. */
  'remove-rules': { readonly network: string; readonly containerId: string }
  /** In table `inet vethra`. `extra`: resources that bear the mark of an owner that lives, and are not its own. */
  'remove-elements': { readonly owner: TableOwner; readonly extra?: State }
  'release-address': {
    readonly dataDir: string
    readonly network: string
    readonly reservation: Reservation
  }
  'forget-names': ContainerRef
  /** Prepared for one life that never began: its files, names, and edits of its bundle. */
  'forget-start': ContainerRef
  'remove-hosts': ContainerRef
  'release-name': ObservedName
  'release-ports': { readonly containerId: string; readonly sockets: readonly string[] }
  'claim-name': ObservedName
  /** From what an attachment of it was made with. */
  'restore-network': OfAttachment
  /** As it was kept, for containers that are not attached. */
  'restore-kept-network': { readonly network: string; readonly file: string }
  'restore-bridge': { readonly bridge: RepairedBridge }
  /** Under the addresses that it had: its interface is missing. */
  reattach: OfAttachment
  'restore-link': OfAttachment & Omit<RepairedLink, 'name'> & { readonly link: string }
  'reserve-address': OfAttachment & { readonly dataDir: string; readonly address: string }
  'restore-masquerading': { readonly attachment: MasqueradedAttachment }
  /** As the network wants it. `left`: some of these rules are there, and have to go first. */
  'restore-rules': OfAttachment & {
    readonly effects: readonly RuleEffect[]
    readonly left: boolean
  }
  /** In table `inet vethra`, and in the host's settings. `desired`: what is missing, or differs. */
  'restore-elements': OfAttachment & { readonly desired: State }
  /** Addresses, routes and settings, and its interface up. */
  'restore-inside': OfAttachment & { readonly desired: State }
  'publish-ports': ContainerRef
  'restore-names': ContainerRef
  'hold-ports': ContainerRef
}

/** The rules of a container beside masquerading. */
export type RuleEffect = 'admission' | 'isolation' | 'ports'

/** An interface of the host as it should be; what is absent stays as it is. */
export interface RepairedLink {
  readonly name: string
  readonly bridge?: string
  readonly mac?: string
  readonly port?: PortSettings
  /** Whether its bridge is to forward by it again. Default false. */
  readonly blocked?: true
}

/** A bridge as it should be. */
export interface RepairedBridge {
  readonly name: string
  readonly network: string
  readonly mac?: string
  /** Whether it was given that MAC; else the kernel chooses, and changes it. Default false. */
  readonly keepsMac?: boolean
  readonly mtu?: number
  /** `10.4.1.1/24`: those that it must have; others stay. */
  readonly addresses: readonly string[]
  /** Whether ports that are published are to be reached by 127.0.0.1, too. */
  readonly localPorts: boolean
}

/** The scope of a repair, which has one lock: a container, as plugins know it or by its namespace and id, or a network. */
export type RepairScope =
  | { readonly containerId: string }
  | { readonly container: ContainerRef }
  | { readonly network: string }

/** The scope that a repair changes, and that is looked at again before. */
export function scopeOf(repair: Repair): RepairScope {
  if ('attachment' in repair) return { containerId: repair.attachment.containerId }
  if (repair.kind === 'restore-kept-network' || repair.kind === 'replace-file')
    return { network: repair.network }
  if (repair.kind === 'restore-bridge') return { network: repair.bridge.network }
  if ('reservation' in repair) return { containerId: repair.reservation.containerId }
  if ('owner' in repair)
    return repair.owner.kind === 'network'
      ? { network: repair.owner.network }
      : { containerId: repair.owner.containerId }
  if ('containerId' in repair) return { containerId: repair.containerId }
  return { container: { namespace: repair.namespace, id: repair.id } }
}

/** The kind and the object of a repair: the same for two that differ in details alone. */
export function repairKey(repair: Repair): string {
  return JSON.stringify(repair, (key, value: unknown) => (details.has(key) ? undefined : value))
}

const details: ReadonlySet<string> = new Set([
  ...['addresses', 'desired', 'effects', 'extra', 'files', 'left', 'keepsMac'],
  ...['localPorts', 'mac', 'mtu', 'netns', 'port', 'sinceMs', 'sockets'],
])
