import { withDropIns } from '@vethra/conflist'
import type { HostsStore } from '@vethra/hosts'
import { defaultNetworkName, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import { attachAll, checkOthers, type Membership, together } from '@vethra/plan'
import type { HoldRequest } from '@vethra/ports'
import type { ParsedResult } from '@vethra/result'
import { containerIdOf } from '@vethra/spec'
import type { Container } from './container.ts'
import { detachFormer } from './detach-former.ts'
import { idle } from './idle.ts'
import { knownNames } from './known-names.ts'
import { membershipsOf, type PlannedMembership, publishing } from './memberships.ts'
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
  const whole = await Promise.all(planned.map((each) => withItsDropIns(tools, container, each)))
  const memberships = publishing(whole, container.request)
  // Before ports are taken: taking those of one container id frees what holds them.
  if (container.request.ports.length > 0) await checkOthers(tools.host, memberships)
  await detachFormer(tools, container.request)
  // While plugins run, which ask for none of it. Why it fails is told when it is needed.
  const loopback = idle().then(() => tools.bringLoopbackUp(netns))
  const hosts = loopback.then(() => withoutOldNames(container))
  hosts.catch(() => undefined)
  const names = knownNames(container, hosts)
  const results = await withPorts(tools, container, (held) =>
    undoing(names.forget, () =>
      attachAll(
        tools.host,
        memberships,
        async (made, onDisk) => {
          await held()
          await names.settle(made)
          await bothOf(onDisk, last())
        },
        names.foresee,
      ),
    ),
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
  const containerId = containerIdOf(request)
  const wanted: HoldRequest = { containerId, pid: state.pid, ports: request.ports }
  const reservation = await ports.hold(wanted)
  return undoing(
    () => ports.release(wanted),
    () => work(reservation.settled),
  )
}

/** When `work` fails, what it began is undone. */
async function undoing<T>(undo: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const errors = [error]
    await undo().catch((failure: unknown) => errors.push(failure))
    throw together(errors)
  }
}

// Those of an earlier life that was cut short, before the new ones are known.
async function withoutOldNames({ hosts, state }: Container): Promise<HostsStore> {
  const store = await hosts()
  await store.release(state.id)
  return store
}

// Neither is left alone while the other is undone.
async function bothOf(one: Promise<void>, other: Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled([one, other])
  const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  if (reasons.length > 0) throw together(reasons)
}

function told(membership: Membership | undefined, { result }: ParsedResult): readonly string[] {
  const addresses = result.ips.map(({ address }) => address).join(', ')
  return [`${membership?.attachment.ifname} in network ${membership?.network}: ${addresses}`]
}
