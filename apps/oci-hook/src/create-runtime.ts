import { withDropIns } from '@vethra/conflist'
import type { ContainerNames } from '@vethra/hosts'
import { networksFromFiles } from '@vethra/networks'
import { attachAll, type Membership, together } from '@vethra/plan'
import type { HoldRequest } from '@vethra/ports'
import type { ParsedResult } from '@vethra/result'
import { CniError, type Result } from '@vethra/spec'
import type { Container } from './container.ts'
import { membershipsOf, type PlannedMembership } from './memberships.ts'
import type { Tools } from './tools.ts'

/**
 * createRuntime: takes the container's name, attaches it to its networks, and makes it known to its
 * peers by name. On failure all of it is undone, and the life cycle file says so, for runc calls
 * postStop for a container that was never started.
 */
export async function createRuntime(tools: Tools, container: Container): Promise<void> {
  const { store, state, request } = container
  try {
    if (request.name !== '') await store.claimName(request.name, state.id)
    if (request.mode === 'cni') await connect(tools, container)
    await note(container, false, await detachedLife(tools, container))
  } catch (error) {
    await note(container, true)
    throw error
  }
}

async function connect(tools: Tools, container: Container): Promise<void> {
  const files = await tools.networks(container.request.namespace).list()
  const { networks } = networksFromFiles(files)
  const planned = membershipsOf(container.request, networks, netnsOf(container))
  const memberships = await Promise.all(
    planned.map((each) => withItsDropIns(tools, container, each)),
  )
  const { id, namespace, ports } = container.request
  const published = { containerId: `${namespace}-${id}`, pid: container.state.pid, ports }
  // Before any plugin: a port that is taken is told without anything to undo.
  const reservation = await tools.ports.hold(published)
  const results = await attachAll(tools.host, memberships, async (made) => {
    await reservation.settled()
    await makeKnown(container, made)
  }).catch(async (error: unknown) => {
    throw await released(tools, published, error)
  })
  await container.record(results.flatMap((result, index) => told(memberships[index], result)))
}

async function withItsDropIns(
  tools: Tools,
  { request }: Container,
  membership: PlannedMembership,
): Promise<Membership> {
  const { list, file } = membership
  if (list === undefined || list.loadOnlyInlinedPlugins) return membership
  const dropIns = await tools.networks(request.namespace).dropIns(file, list.name)
  return { ...membership, list: withDropIns(list, dropIns) }
}

async function released(tools: Tools, published: HoldRequest, error: unknown): Promise<unknown> {
  const errors = [error]
  await tools.ports.release(published).catch((failure: unknown) => errors.push(failure))
  return together(errors)
}

// The names of a container that will be detached again must not stay in its peers' files.
async function makeKnown(container: Container, results: readonly ParsedResult[]): Promise<void> {
  try {
    await container.hosts.acquire(namesOf(container, results))
  } catch (error) {
    await container.hosts.release(container.state.id)
    throw error
  }
}

function netnsOf({ state, request }: Container): string {
  if (request.netns !== undefined) return request.netns
  if (state.pid > 0) return `/proc/${state.pid}/ns/net`
  throw new CniError({
    code: 107,
    message: 'both state.Pid and the netNs annotation are unset',
    hint: 'Let the OCI runtime call the hook as createRuntime, when the container has a process.',
  })
}

function namesOf({ request }: Container, results: readonly ParsedResult[]): ContainerNames {
  const { id, name, hostname, domainname, extraHosts } = request
  const entries = request.networks.map(({ ref }, index) => [ref, results[index]?.result] as const)
  const aliases = request.networks
    .filter((network) => network.aliases.length > 0)
    .map((network) => [network.ref, network.aliases] as const)
  return {
    id,
    name,
    hostname,
    domainname,
    extraHosts,
    networks: Object.fromEntries(entries.filter((entry): entry is [string, Result] => !!entry[1])),
    ...(aliases.length > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
  }
}

async function note(
  { store, state, now }: Container,
  createError: boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await store.write(state.id, 'lifecycle.json', {
    started_at: new Date(now()).toISOString(),
    create_error: createError,
    ...more,
  })
}

// No attachment tells where a container lives that has left all of its networks, and may join one again.
async function detachedLife(
  { host }: Tools,
  container: Container,
): Promise<Readonly<Record<string, string>>> {
  const { mode, networks } = container.request
  if (mode !== 'cni' || networks.length > 0) return {}
  const netns = netnsOf(container)
  return { netns, netns_id: await host.netns.idOf(netns) }
}

function told(membership: Membership | undefined, { result }: ParsedResult): readonly string[] {
  const addresses = result.ips.map(({ address }) => address).join(', ')
  return [`${membership?.attachment.ifname} in network ${membership?.network}: ${addresses}`]
}
