import { type CniError, isPathComponent, notFoundError, type Result, usageError } from '@vethra/cni'
import { podNamespace, type StoredMapping, storedMappings } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { type KnownContainer, readContainer } from './container-state.ts'
import { refuseForeign } from './foreign.ts'
import { foreignOf, isBare } from './others.ts'
import { podsOf } from './pods.ts'
import { publishedPorts } from './published-ports.ts'
import { type ShownState, shownState } from './shown-state.ts'

/** The container to change by id, start of one, or name. Throws CniError 101 when there is none, 102 for another program's. */
export async function findContainer(tools: ManageTools, ref: string): Promise<KnownContainer> {
  const found = await findShown(tools, ref)
  refuseForeign(found)
  return found
}

/** As `findContainer`, whoever made it, pods by `k8s://` names too. Throws CniError 101 when there is none, 103 for several and for what names none. */
export async function findShown(tools: ManageTools, ref: string): Promise<KnownContainer> {
  checkRef(ref)
  // Names with a slash are pods' alone, and no component of a path.
  if (ref.includes('/')) {
    const named = foreignMeant(await podsOf(tools), ref)
    if (named !== undefined) return named
    throw noSuchContainer(ref)
  }
  const id = await tools.containers.find(ref)
  const known = id === undefined ? undefined : await readContainer(tools, id)
  if (known && !isBare(known)) return known
  const other = foreignMeant(await foreignOf(tools), id ?? ref) ?? known
  if (other !== undefined) return other
  throw noSuchContainer(ref)
}

function checkRef(ref: string): void {
  const parts = ref.replace(/^k8s:\/\//, '').split('/')
  if (parts.every(isPathComponent)) return
  throw usageError(
    `invalid container ${JSON.stringify(ref.slice(0, 64))}`,
    'Give the id of a container, the start of one, or a name: see "vethra container ls".',
  )
}

function noSuchContainer(ref: string): CniError {
  return notFoundError(
    `no such container ${JSON.stringify(ref)}`,
    'List the containers with "vethra container ls".',
  )
}

function foreignMeant(known: readonly KnownContainer[], ref: string): KnownContainer | undefined {
  const named = known.filter(({ id, names, pod }) =>
    [id, names?.name, ...(pod ? [`${pod.namespace}/${pod.name}`, pod.name] : [])].includes(ref),
  )
  const meant = named.length > 0 ? named : known.filter(({ id }) => id.startsWith(ref))
  if (meant.length < 2) return meant[0]
  throw usageError(
    `${JSON.stringify(ref)} means ${meant.length} containers`,
    `Give the id of one: ${meant.map(({ id }) => id.slice(0, 12)).join(', ')}.`,
  )
}

/** A container as `container inspect` shows it. */
export interface ContainerDetails {
  readonly ID: string
  readonly Name: string
  readonly Namespace: string
  readonly Hostname: string
  readonly Networks: Readonly<Record<string, ContainerNetwork>>
  readonly Ports: readonly StoredMapping[]
  readonly HostsPath: string
  readonly ResolvConfPath: string
  readonly HostnamePath: string
  readonly State: ShownState
}

/** A container in one of its networks. */
interface ContainerNetwork {
  readonly Interface: string
  readonly MacAddress: string
  readonly Addresses: readonly string[]
  readonly Gateways: readonly string[]
}

/** The known state of a container. Throws CniError 101 when there is none. */
export async function inspectContainer(tools: ManageTools, ref: string): Promise<ContainerDetails> {
  const container = await findShown(tools, ref)
  const { id, record, names, attachments, pod, isForeign } = container
  const folder = tools.containers.folder(id)
  const networks = Object.entries(names?.networks ?? {}).map(([name, result], index) => [
    name,
    networkOf(result, attachments[index]?.ifname ?? ''),
  ])
  return {
    ID: id,
    Name: names?.name || record?.name || '',
    Namespace: pod ? podNamespace : tools.settings.namespace,
    Hostname: names?.hostname || record?.hostname || '',
    Networks: Object.fromEntries(networks),
    Ports: storedMappings(await publishedPorts(tools, container)),
    HostsPath: isForeign ? '' : tools.hosts.path(id),
    ResolvConfPath: isForeign ? '' : `${folder}/resolv.conf`,
    HostnamePath: isForeign ? '' : `${folder}/hostname`,
    State: await shownState(tools.host, container),
  }
}

function networkOf({ interfaces, ips }: Result, ifname: string): ContainerNetwork {
  const inside = interfaces.find(({ sandbox }) => sandbox !== undefined)
  return {
    Interface: inside?.name ?? ifname,
    MacAddress: inside?.mac ?? '',
    Addresses: ips.map(({ address }) => address),
    Gateways: ips.flatMap(({ gateway }) => gateway ?? []),
  }
}
