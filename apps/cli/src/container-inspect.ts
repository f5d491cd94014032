import { storedMappings } from '@vethra/ports'
import { CniError, type Result } from '@vethra/spec'
import { type KnownContainer, readContainer } from './container-state.ts'
import type { Io } from './io.ts'
import type { Tools } from './tools.ts'

/** The container that an id, the start of one, or a name means. Throws CniError 101 when there is none. */
export async function findContainer(tools: Tools, ref: string): Promise<KnownContainer> {
  const id = await tools.containers.find(ref)
  if (id !== undefined) return readContainer(tools, id)
  throw new CniError({
    code: 101,
    message: `no such container ${JSON.stringify(ref)}`,
    hint: 'List the containers with "vethra container ls".',
  })
}

/** Prints what is known of a container as one JSON object. */
export async function inspectContainer(tools: Tools, ref: string, io: Io): Promise<void> {
  const container = await findContainer(tools, ref)
  const { id, record, names, attachments, state } = container
  const folder = tools.containers.folder(id)
  const networks = Object.entries(names?.networks ?? {}).map(([name, result], index) => [
    name,
    networkOf(result, attachments[index]?.ifname ?? ''),
  ])
  const shown = {
    ID: id,
    Name: names?.name || record?.name || '',
    Namespace: tools.settings.namespace,
    Hostname: names?.hostname || record?.hostname || '',
    Networks: Object.fromEntries(networks),
    Ports: storedMappings(record?.ports ?? []),
    HostsPath: tools.hosts.path(id),
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    State: state,
  }
  io.print(JSON.stringify(shown, null, 4))
}

function networkOf({ interfaces, ips }: Result, ifname: string): object {
  const inside = interfaces.find(({ sandbox }) => sandbox !== undefined)
  return {
    Interface: inside?.name ?? ifname,
    MacAddress: inside?.mac ?? '',
    Addresses: ips.map(({ address }) => address),
    Gateways: ips.flatMap(({ gateway }) => gateway ?? []),
  }
}
