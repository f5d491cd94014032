import { renderRecord } from '@vethra/bundle'
import type { Network } from '@vethra/networks'
import { detachAll } from '@vethra/plan'
import { CniError } from '@vethra/spec'
import { findContainer } from './container-inspect.ts'
import type { KnownContainer } from './container-state.ts'
import { isSame, networkOf, recordOf } from './network-connect.ts'
import type { ManageTools } from './tools.ts'

/**
 * Disconnects a container from a network: its interface, address and rules go at once when it runs, its
 * names leave the hosts files, and its next start goes without. Throws CniError 101 when it is not in
 * that network. With `force` what cannot be undone does not keep it from being forgotten.
 */
export async function disconnectContainer(
  tools: ManageTools,
  ref: string,
  containerRef: string,
  force: boolean,
): Promise<void> {
  const container = await findContainer(tools, containerRef)
  const record = recordOf(container)
  const network = await networkOf(tools, ref)
  const networks = record.networks.filter((each) => !isSame(network, each.ref))
  if (networks.length === record.networks.length) throw notConnected(network.name, container)
  if (networks.length === 0) throw lastOne(network.name, container)
  const detached = detach(tools, container, network)
  await (force ? detached.catch((error: unknown) => onlyExpected(error)) : detached)
  await forgetNames(tools, container, (each) => isSame(network, each))
  await tools.containers.write(container.id, 'vethra.json', renderRecord({ ...record, networks }))
}

async function detach(
  { host }: ManageTools,
  { attachments, state }: KnownContainer,
  { name, list }: Network,
): Promise<void> {
  const alive = state === 'running'
  const memberships = attachments
    .filter(({ network }) => network === name)
    .map(({ containerId, ifname, netns }) => ({
      network: name,
      list,
      attachment: {
        containerId,
        netns: alive ? netns : '',
        ifname,
        cniArgs: [],
        capabilityArgs: {},
      },
    }))
  await detachAll(host, memberships)
}

async function forgetNames(
  { hosts }: ManageTools,
  { names }: KnownContainer,
  isThis: (ref: string) => boolean,
): Promise<void> {
  if (names === undefined) return
  const left = <T>(entries: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(entries).filter(([ref]) => !isThis(ref)))
  await hosts.acquire({
    ...names,
    networks: names.networks && left(names.networks),
    ...(names.aliases === undefined ? {} : { aliases: left(names.aliases) }),
  })
}

function onlyExpected(error: unknown): void {
  if (!(error instanceof CniError)) throw error
}

function notConnected(network: string, { id }: KnownContainer): CniError {
  return new CniError({
    code: 101,
    message: `container ${id} is not connected to network ${network}`,
    hint: `See its networks with "vethra container inspect ${id}".`,
  })
}

// The empty list would mean the default network at the next start, which nobody asked for.
function lastOne(network: string, { id }: KnownContainer): CniError {
  return new CniError({
    code: 102,
    message: `network ${network} is the only one of container ${id}`,
    hint: 'Connect it to another network first.',
  })
}
