import { withDropIns } from '@vethra/conflist'
import type { ContainerNames, HostsStore } from '@vethra/hosts'
import { defaultNetworkName, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import { attachAll, type Membership, together } from '@vethra/plan'
import type { HoldRequest } from '@vethra/ports'
import type { ParsedResult } from '@vethra/result'
import type { Result } from '@vethra/spec'
import type { Container } from './container.ts'
import { idle } from './idle.ts'
import { membershipsOf, type PlannedMembership } from './memberships.ts'
import { netnsOf } from './netns-of.ts'
import type { Tools } from './tools.ts'

/**
 * Takes a container's ports, attaches it to its networks in order, and makes it known to its peers by
 * name; `last` is what comes then. When any of it fails, all of it is undone.
 */
export async function connect(
  tools: Tools,
  container: Container,
  last: () => Promise<void>,
): Promise<void> {
  const netns = await netnsOf(tools, container)
  const networks = await networksFor(tools, container)
  const planned = membershipsOf(container.request, networks, netns)
  const memberships = await Promise.all(
    planned.map((each) => withItsDropIns(tools, container, each)),
  )
  // While plugins run, which ask for none of it. Why it fails is told when it is needed.
  const loopback = idle().then(() => tools.bringLoopbackUp(netns))
  const hosts = loopback.then(() => withoutOldNames(container))
  hosts.catch(() => undefined)
  const results = await withPorts(tools, container, (held) =>
    attachAll(tools.host, memberships, async (made, onDisk) => {
      await held()
      await whileKnown(container, hosts, made, () => bothOf(onDisk, last()))
    }),
  )
  await container.record(results.flatMap((result, index) => told(memberships[index], result)))
}

// The default network appears on its first use: with a bundle of nerdctl's, or after it was removed.
async function networksFor(
  { networks, settings, effects }: Tools,
  { request, record }: Container,
): Promise<readonly Network[]> {
  const folder = networks(request.namespace)
  const known = networksFromFiles(await folder.list()).networks
  const isAsked = request.networks.some(({ ref }) => ref === defaultNetworkName)
  if (!isAsked || findNetwork(known, defaultNetworkName) !== undefined) return known
  // Rarely needed, and much: every start would pay for what it reads.
  const { ensureDefaultNetwork } = await import('@vethra/manage')
  await record(await ensureDefaultNetwork({ networks: folder, settings, effects }))
  return networksFromFiles(await folder.list()).networks
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

/** Takes the ports before any plugin runs, so that a taken one leaves nothing to undo; frees them when `work` fails. */
async function withPorts<T>(
  { ports }: Tools,
  { state, request }: Container,
  work: (held: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const containerId = `${request.namespace}-${request.id}`
  const wanted: HoldRequest = { containerId, pid: state.pid, ports: request.ports }
  const reservation = await ports.hold(wanted)
  try {
    return await work(reservation.settled)
  } catch (error) {
    const errors = [error]
    await ports.release(wanted).catch((failure: unknown) => errors.push(failure))
    throw together(errors)
  }
}

// Those of an earlier life that was cut short, before the new ones are known.
async function withoutOldNames({ hosts, state }: Container): Promise<HostsStore> {
  const store = await hosts()
  await store.release(state.id)
  return store
}

// The names of a container that will be detached again must not stay in its peers' files.
async function whileKnown(
  container: Container,
  store: Promise<HostsStore>,
  results: readonly ParsedResult[],
  work: () => Promise<void>,
): Promise<void> {
  const hosts = await store
  try {
    await hosts.acquire(namesOf(container, results))
    await work()
  } catch (error) {
    await hosts.release(container.state.id)
    throw error
  }
}

// Neither is left alone while the other is undone.
async function bothOf(one: Promise<void>, other: Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled([one, other])
  const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (reasons.length > 0) throw together(reasons)
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

function told(membership: Membership | undefined, { result }: ParsedResult): readonly string[] {
  const addresses = result.ips.map(({ address }) => address).join(', ')
  return [`${membership?.attachment.ifname} in network ${membership?.network}: ${addresses}`]
}
