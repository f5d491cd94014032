import type { HookRequest } from '@vethra/bundle'
import { type Network, networksFromFiles } from '@vethra/networks'
import { detachAll, type Membership } from '@vethra/plan'
import type { HoldRequest } from '@vethra/ports'
import { CniError, goField, type JsonObject } from '@vethra/spec'
import type { Container } from './container.ts'
import { membershipsOf } from './memberships.ts'
import { removePidFile } from './pid-file.ts'
import type { Tools } from './tools.ts'

/**
 * postStop: detaches the container from its networks and takes its names out of its peers' files.
 * Every step is tried whatever fails before it; CniError 106 tells all that failed. Called twice, it
 * succeeds. The container's own files stay until it is deleted.
 */
export async function postStop(tools: Tools, container: Container): Promise<void> {
  const { state, request, hosts, ours } = container
  const errors: unknown[] = []
  const attempt = (work: Promise<void>) => work.catch((error: unknown) => void errors.push(error))
  if (request.mode === 'cni') await attempt(disconnect(tools, container))
  // Last of what others could take: a port that is free while rules still lead from it would reach nobody.
  if (request.mode === 'cni') await attempt(tools.ports.release(published(request)))
  await attempt(hosts.release(state.id))
  await attempt(removePidFile(container))
  if (!ours) await attempt(endForNerdctl(container))
  if (errors.length > 0) throw failure(state.id, errors)
}

// nerdctl expects the name of a container that has stopped to be free, but not that of one whose start
// failed: the container is there, and may be started again.
async function endForNerdctl({ store, state, request }: Container): Promise<void> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  if (goField(lifecycle ?? null, 'create_error') === true) {
    const cleared = { ...(lifecycle as JsonObject), create_error: false }
    await store.write(state.id, 'lifecycle.json', cleared)
  } else if (request.name !== '') await store.releaseName(request.name, state.id)
}

function published({ id, namespace, ports }: HookRequest): Omit<HoldRequest, 'pid'> {
  return { containerId: `${namespace}-${id}`, ports }
}

async function disconnect(tools: Tools, container: Container): Promise<void> {
  const { request } = container
  const files = await tools.networks(request.namespace).list()
  const { networks } = networksFromFiles(files)
  // The container's processes have gone, and the namespace with them: plugins are told no path.
  const planned = membershipsOf(request, networks, '')
  const recorded = await recordedMemberships(tools, container, planned, networks)
  if (recorded.length > 0) return detachAll(tools.host, recorded)
  const failed = await startFailed(container)
  await detachAll(tools.host, failed ? await remembered(tools, planned) : planned)
}

// What is attached now: networks that were connected while the container ran are among it, and those
// that were disconnected are not.
async function recordedMemberships(
  { host }: Tools,
  { request }: Container,
  planned: readonly Membership[],
  networks: readonly Network[],
): Promise<readonly Membership[]> {
  const records = await host.records.list(`${request.namespace}-${request.id}`)
  return records.map(({ network, containerId, ifname }) => {
    const known = planned.find(
      (each) => each.network === network && each.attachment.ifname === ifname,
    )
    const attachment = { containerId, netns: '', ifname, cniArgs: [], capabilityArgs: {} }
    const list = networks.find(({ name }) => name === network)?.list
    return known ?? { network, list, attachment }
  })
}

// runc calls postStop after a start that failed and has been undone: plugins then have nothing to do,
// and what stopped the start, such as a missing plugin, would only be complained of again.
async function startFailed({ store, state }: Container): Promise<boolean> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  return goField(lifecycle ?? null, 'create_error') === true
}

async function remembered(
  { host }: Tools,
  memberships: readonly Membership[],
): Promise<readonly Membership[]> {
  const entries = await Promise.all(
    memberships.map(({ network, attachment }) =>
      host.cache.read({ network, containerId: attachment.containerId, ifname: attachment.ifname }),
    ),
  )
  return memberships.filter((_, index) => entries[index] !== undefined)
}

function failure(id: string, errors: readonly unknown[]): unknown {
  const [first] = errors
  if (errors.length === 1) return first
  return new CniError({
    code: 106,
    message: `the clean-up after container ${id} is not complete`,
    hint: 'What is left is removed by "vethra bundle rm", or by the next start of the container.',
    cause: new AggregateError(errors),
  })
}
