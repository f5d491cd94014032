import { CniError, type Result } from '@vethra/cni'
import { type StoredMapping, storedMappings } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { type ContainerState, type KnownContainer, readContainer } from './container-state.ts'
import { publishedPorts } from './published-ports.ts'

/** The container that an id, the start of one, or a name means. Throws CniError 101 when there is none. */
export async function findContainer(tools: ManageTools, ref: string): Promise<KnownContainer> {
  const id = await tools.containers.find(ref)
  if (id !== undefined) return readContainer(tools, id)
  throw new CniError({
    code: 101,
    message: `no such container ${JSON.stringify(ref)}`,
    hint: 'List the containers with "vethra container ls".',
  })
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
  readonly State: ContainerState
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
  const container = await findContainer(tools, ref)
  const { id, record, names, attachments, state } = container
  const folder = tools.containers.folder(id)
  const networks = Object.entries(names?.networks ?? {}).map(([name, result], index) => [
    name,
    networkOf(result, attachments[index]?.ifname ?? ''),
  ])
  return {
    ID: id,
    Name: names?.name || record?.name || '',
    Namespace: tools.settings.namespace,
    Hostname: names?.hostname || record?.hostname || '',
    Networks: Object.fromEntries(networks),
    Ports: storedMappings(await publishedPorts(tools, container)),
    HostsPath: tools.hosts.path(id),
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    State: state,
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
