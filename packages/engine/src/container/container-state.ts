import {
  CniError,
  dashJoined,
  goField,
  inUseError,
  type Json,
  type Life,
  present,
} from '@vethra/cni'
import { type BundleRecord, type PodNames, parseRecord } from '@vethra/container'
import type { ContainerNames } from '@vethra/names'
import type { AttachmentRecord } from '@vethra/world'
import { recordsByContainer, recordsOf } from '../attach/container-records.ts'
import { lifeNow } from '../attach/life.ts'
import { byInterface } from '../attach/membership.ts'
import type { ManageTools } from '../network/tools.ts'
import { type Home, homeLife, homeOf, homeOfTask } from './container-home.ts'

/** The parts that tell what is known of the containers of one namespace. */
export interface KnownTools extends Pick<ManageTools, 'settings' | 'containers' | 'hosts'> {
  readonly host: KnownHost
}

/** The parts of a host that its containers are read from. */
type KnownHost = Pick<
  ManageTools['host'],
  'cache' | 'records' | 'netns' | 'facts' | 'rootless' | 'sandboxes'
>

/** Vethra's knowledge of one container. */
export interface KnownContainer {
  readonly id: string
  /** Absent for a container that nerdctl made. */
  readonly record?: BundleRecord
  /** The names that its peers know; absent unless it is attached. */
  readonly names?: ContainerNames
  /** Whether another program attached it, which alone changes it: nerdctl, ctr, or the runtime of a pod. */
  readonly isForeign?: true
  /** The names in Kubernetes of such a pod. */
  readonly pod?: PodNames
  /** In the order of interfaces; empty unless it is attached. */
  readonly attachments: readonly AttachmentRecord[]
  readonly state: ContainerState
  /** The namespace that it lives in while it runs; empty otherwise, and where that is not known. */
  readonly netns: string
  /** The identity of that namespace; absent where none is recorded. */
  readonly home?: Home
}

/**
 * `prepared`: never started; `running`: attached, and its namespace is alive; `stopped`: postStop
 * ran; `failed`: its last start was undone. `dead`: attached, and its namespace is gone: start or
 * remove it. `unknown`: attached, and its namespace cannot be seen from here or cannot be proved to
 * be the same.
 */
export type ContainerState = 'prepared' | 'running' | 'stopped' | 'failed' | 'dead' | 'unknown'

/** The state of a container that is attached. */
export const attachedState = { alive: 'running', gone: 'dead', unknown: 'unknown' } as const

/** All that is known of a container by its id. */
export async function readContainer(tools: KnownTools, id: string): Promise<KnownContainer> {
  const { namespace } = tools.settings
  return readWith(tools, id, await recordsOf(tools.host.records, { namespace, id }))
}

/** All containers of the namespace, by id. Damaged files of one count as missing. */
export async function readContainers(tools: KnownTools): Promise<readonly KnownContainer[]> {
  const ids = await tools.containers.list()
  const recordsFor = recordsByContainer(await tools.host.records.list())
  const { namespace } = tools.settings
  const sparing = sparingDamaged(tools)
  const known: KnownContainer[] = []
  // Some at a time: a thousand at once are hundreds of megabytes for a moment.
  for (let index = 0; index < ids.length; index += atOnce) {
    const some = ids.slice(index, index + atOnce)
    known.push(
      ...(await Promise.all(
        some.map((id) => readWith(sparing, id, recordsFor({ namespace, id }))),
      )),
    )
  }
  return known
}

const atOnce = 32

/** The parts for a listing, in which a damaged file counts as missing: it hides no other container, and doctor names it. */
export function sparingDamaged(tools: KnownTools): KnownTools {
  const { containers } = tools
  const read: typeof containers.read = async (id, file) => {
    try {
      const json = await containers.read(id, file)
      if (file === 'vethra.json' && json !== undefined) parseRecord(json)
      return json
    } catch (error) {
      if (error instanceof CniError && error.code === 107) return undefined
      throw error
    }
  }
  return { ...tools, containers: { ...containers, read } }
}

async function readWith(
  tools: KnownTools,
  id: string,
  records: readonly AttachmentRecord[],
): Promise<KnownContainer> {
  const { containers, hosts, host } = tools
  const { namespace } = tools.settings
  const file = await containers.read(id, 'vethra.json')
  const names = await hosts.read(id)
  const lifecycle = await containers.read(id, 'lifecycle.json')
  const attachments = (await ownOf(host, records, names !== undefined)).toSorted(byInterface)
  const [first] = attachments
  const home = first ?? homeOf(lifecycle) ?? (await taskHome(tools, id, file))
  const life = first
    ? await lifeNow(host, first)
    : home && homeLife(home, await host.netns.look(home.netns))
  const state = stateOf({ isAttached: first !== undefined, life, lifecycle, names })
  const isLeft = file === undefined && !first && state !== 'running'
  const left = isLeft && (await host.cache.list(dashJoined({ namespace, id }))).length > 0
  return {
    id,
    ...(file === undefined ? {} : { record: parseRecord(file) }),
    ...(names === undefined ? {} : { names: isLeft && !left ? withoutAddresses(names) : names }),
    attachments,
    state: left ? 'dead' : state,
    netns: netnsOf(home, life),
    ...present({ home }),
  }
}

// nerdctl frees the addresses of those that it stops, and keeps meta.json until it removes or starts them.
function withoutAddresses(names: ContainerNames): ContainerNames {
  const networks = Object.entries(names.networks ?? {})
  const freed = networks.map(([ref, result]) => [ref, { ...result, ips: [] }] as const)
  return names.networks === null ? names : { ...names, networks: Object.fromEntries(freed) }
}

// nerdctl's own hook writes down no more than when it ran.
async function taskHome(
  { host, settings }: KnownTools,
  id: string,
  record: Json | undefined,
): Promise<Home | undefined> {
  if (record !== undefined) return undefined
  const state = await (await host.facts?.())?.taskState(settings.namespace, id)
  return state === undefined ? undefined : homeOfTask(state)
}

// A record of 0.1 does not tell a container from another of the same container id: one that lives is of the
// container whose names are known, as they are from its start to its end.
async function ownOf(
  host: KnownHost,
  records: readonly AttachmentRecord[],
  isNamed: boolean,
): Promise<readonly AttachmentRecord[]> {
  if (isNamed) return records
  const lives = await Promise.all(records.map((each) => lifeNow(host, each)))
  return records.filter(({ container }, index) => container || lives[index] === 'gone')
}

/** Throws CniError 102 for a container whose namespace is unknown: it may be alive. */
export function demandSeen({ id, state, attachments }: KnownContainer): void {
  if (state !== 'unknown') return
  const [first] = attachments
  throw inUseError(
    `cannot tell whether container ${id} is alive: namespace ${first?.netns} is not visible here, or may be another`,
    'Run the command on the host itself, outside of other mount and PID namespaces; or stop and start the container.',
  )
}

/** The path of a namespace that is certainly the one recorded; else empty. */
export function netnsOf(home: Home | undefined, life: Life | undefined): string {
  return home && life === 'alive' ? home.netns : ''
}

function stateOf(signs: {
  readonly isAttached: boolean
  readonly life: Life | undefined
  readonly lifecycle: Json | undefined
  readonly names: ContainerNames | undefined
}): ContainerState {
  const { isAttached, life, lifecycle, names } = signs
  if (life === 'alive') return 'running'
  if (isAttached) return attachedState[life ?? 'gone']
  // nerdctl 1.x wrote no life cycle.
  if (lifecycle === undefined) return names?.networks ? 'stopped' : 'prepared'
  if (goField(lifecycle, 'create_error') === true) return 'failed'
  // In host's or another's namespace there is no attachment that would tell, and 0.1 wrote nothing else.
  return names?.networks === null && life !== 'gone' ? 'running' : 'stopped'
}
