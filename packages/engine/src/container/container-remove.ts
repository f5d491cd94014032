import {
  type AttachmentKey,
  CniError,
  containerIdOf,
  inUseError,
  isPathComponent,
  oneOrAll,
} from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { findNetwork, type Network } from '@vethra/networks'
import type { CachedAttachment } from '@vethra/world'
import { attachedIdOf, lifeOfEntry, recordsOf } from '../attach/container-records.ts'
import { type DetachOptions, detachEach } from '../attach/detach-each.ts'
import { holdingAttachments, passLocks } from '../attach/holding.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { lifeNow } from '../attach/life.ts'
import { keyOf, rememberedOnly } from '../attach/membership.ts'
import { emitRemoved } from '../emit-events.ts'
import { knownNetworks } from '../network/known-networks.ts'
import type { ManageTools } from '../network/tools.ts'
import { undoneConfigs, writeConfigs } from './container-configs.ts'
import { findContainer } from './container-inspect.ts'
import { notPrepared } from './container-record.ts'
import { attachedState, demandSeen, type KnownContainer, netnsOf } from './container-state.ts'
import { holdingDecisions } from './holding-decisions.ts'

interface RemovedContainers {
  /** Those that have gone, as they were called. */
  readonly removed: readonly string[]
  /** Why others are still there: CniError 101 for one that is not known, 102 for one that is attached and alive. */
  readonly failure?: CniError
}

/** How containers are forgotten. */
export interface RemoveOptions extends DetachOptions {
  /** Whether the edits of config.json are kept, and not undone. Default false. */
  readonly keepConfig?: boolean
}

/** Forgets deleted containers with names, files and edits of bundles, each for itself. With `force`, failing attachments too. */
export async function removeContainers(
  tools: ManageTools,
  refs: readonly string[],
  options: RemoveOptions,
): Promise<RemovedContainers> {
  const removed: string[] = []
  const errors: CniError[] = []
  for (const ref of refs) {
    try {
      await removeContainer(tools, ref, options)
      removed.push(ref)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      errors.push(error)
    }
  }
  const some = `${errors.length} of ${refs.length} containers`
  const failure = oneOrAll(errors, `${some} could not be removed`)
  return failure === undefined ? { removed } : { removed, failure }
}

/** Forgets one deleted container, or finds it forgotten. Returns the failure where some of it stays. */
export async function forgetContainer(
  tools: ManageTools,
  id: string,
): Promise<CniError | undefined> {
  const { failure } = await removeContainers(tools, [id], {})
  // A foreground "run" and a "delete" call the hook at once: its folder goes last, whoever removes it.
  return (await tools.containers.list()).includes(id) ? failure : undefined
}

async function removeContainer(
  tools: ManageTools,
  ref: string,
  options: RemoveOptions,
): Promise<void> {
  const found = await findEnded(tools, ref, options)
  const { id } = found
  const { host, settings } = tools
  const container = { namespace: settings.namespace, id }
  await passLocks(host, networkNames(await knownNetworks(tools.networks), found))
  // One of 0.1 has another id until its next start.
  const ids = [containerIdOf(container), await attachedIdOf(host.records, container)]
  const work = () => removeHeld(tools, id, options)
  await holdingDecisions(tools, id, () => holdingAttachments(host, ids, work))
}

/** Forgets a container under its locks: a start that was under way has ended by then, and none begins. Throws CniError. */
export async function removeHeld(
  tools: ManageTools,
  id: string,
  options: RemoveOptions,
): Promise<void> {
  const { containers, hosts, host, ports, settings } = tools
  const container = await findEnded(tools, id, options)
  const { record } = container
  const known = await knownNetworks(tools.networks)
  const containerId = await attachedIdOf(host.records, { namespace: settings.namespace, id })
  // What cannot be undone is told before anything is.
  const configs = options.keepConfig ? [] : await undoneConfigs(tools, container)
  await detachEach(host, await leftMemberships(tools, container, known), options)
  // What is left is another container's, and so are the ports that are held under that id.
  const others = await host.records.list(containerId)
  if (others.length === 0) await ports.release({ containerId, ports: record?.ports ?? [] })
  await hosts.release(id)
  await hosts.remove(id)
  for (const name of await namesOf(tools, container)) await containers.releaseName(name, id)
  await writeConfigs(tools, id, configs)
  await containers.remove(id)
  const told = { Container: id, Name: record?.name ?? '', Namespace: settings.namespace }
  await emitRemoved(host, told)
}

async function findEnded(
  tools: ManageTools,
  ref: string,
  { force }: RemoveOptions,
): Promise<KnownContainer> {
  const container = await findRemains(tools, ref)
  const holds = container.attachments.length > 0 || container.record === undefined
  if (container.state === 'running' && holds) throw alive(container)
  if (force !== true) demandSeen(container)
  return container
}

// Without a record only the names themselves tell whose they are, and a rename that was killed left two.
async function namesOf(
  { containers }: ManageTools,
  { id }: KnownContainer,
): Promise<readonly string[]> {
  const held = await containers.heldNames()
  return held.filter((each) => each.id === id).map(({ name }) => name)
}

// The networks that it was in, or was to be in when its hook was killed.
function networkNames(
  known: readonly Network[],
  { record, attachments }: KnownContainer,
): readonly string[] {
  const refs = record?.mode === 'cni' ? record.networks.map(({ ref }) => ref) : []
  const asked = refs.flatMap((ref) => findNetwork(known, ref)?.name ?? [])
  return [...new Set([...asked, ...attachments.map(({ network }) => network)])]
}

// What the hook could not undo: recorded as ours, or cached by whoever ran the plugins.
async function leftMemberships(
  { host, settings }: ManageTools,
  { id, attachments }: KnownContainer,
  known: readonly Network[],
): Promise<readonly Membership[]> {
  const container = { namespace: settings.namespace, id }
  const entries = await host.cache.list(await attachedIdOf(host.records, container))
  const cached = await notOthers(host, entries, attachments)
  const left = [...attachments.map(rememberedOnly), ...cached].map(keyOf)
  const each = new Map(left.map((key) => [JSON.stringify(key), key]))
  return [...each.values()].map((key) => ({
    ...rememberedOnly(key),
    // Where nothing was cached, the conf list of now serves.
    list: known.find(({ name }) => name === key.network)?.list,
  }))
}

// An entry that no record of ours goes with, and whose namespace is there, is of a container that lives.
async function notOthers(
  host: HostTools,
  entries: readonly CachedAttachment[],
  recorded: readonly AttachmentKey[],
): Promise<readonly CachedAttachment[]> {
  const placeOf = ({ network, ifname }: Pick<AttachmentKey, 'network' | 'ifname'>) =>
    `${network}/${ifname}`
  const ours = new Set(recorded.map(placeOf))
  const living = await Promise.all(entries.map((each) => lifeOfEntry(host, each)))
  return entries.filter(
    ({ network, attachment: { ifname } }, index) =>
      living[index] !== 'alive' || ours.has(placeOf({ network, ifname })),
  )
}

function alive({ id, record, attachments, netns }: KnownContainer): CniError {
  const first = record
    ? 'Stop and delete it first: runc delete --force'
    : 'Stop it first: nerdctl stop'
  return inUseError(
    `container ${id} is ${attachments.length > 0 ? 'attached to a network' : 'running'}, and its namespace ${netns} is alive`,
    `${first} ${id}`,
  )
}

// All that is known of a container to remove, or its attachments where files are damaged. Throws CniError 101 for
// nothing, 102 for nerdctl's.
async function findRemains(tools: ManageTools, ref: string): Promise<KnownContainer> {
  try {
    const found = await findContainer(tools, ref)
    refuseNerdctls(found)
    return found
  } catch (error) {
    const unreadable = error instanceof CniError && [101, 107].includes(error.code)
    const remains = unreadable ? await remainsOf(tools, ref) : undefined
    if (remains === undefined) throw error
    return remains
  }
}

// Its ids are 64 hex digits, and it keeps no vethra.json. It goes by files of its own, and by containerd's.
function refuseNerdctls({ id, record }: KnownContainer): void {
  if (record !== undefined || !/^[0-9a-f]{64}$/.test(id)) return
  throw notPrepared(id, `Remove it with the program that made it: nerdctl rm -f ${id.slice(0, 12)}`)
}

async function remainsOf(
  { containers, host, settings }: ManageTools,
  ref: string,
): Promise<KnownContainer | undefined> {
  if (!isPathComponent(ref)) return undefined
  const found = await containers.find(ref)
  const id = found ?? ref
  const container = { namespace: settings.namespace, id }
  const attachments = await recordsOf(host.records, container)
  const cached = await host.cache.list(await attachedIdOf(host.records, container))
  if (found === undefined && attachments.length === 0 && cached.length === 0) return undefined
  const [first] = attachments
  const life = first === undefined ? 'gone' : await lifeNow(host, first)
  return { id, attachments, state: attachedState[life], netns: netnsOf(first, life) }
}
