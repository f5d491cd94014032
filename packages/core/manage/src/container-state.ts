import { type BundleRecord, parseRecord } from '@vethra/bundle'
import type { ContainerNames } from '@vethra/hosts'
import type { AttachmentRecord } from '@vethra/plan'
import { goField, type Json } from '@vethra/spec'
import type { ManageTools } from './tools.ts'

/** What Vethra knows of one container. */
export interface KnownContainer {
  readonly id: string
  /** Absent for a container that nerdctl made. */
  readonly record?: BundleRecord
  /** What its peers know; absent unless it is attached. */
  readonly names?: ContainerNames
  /** In the order of interfaces; empty unless it is attached. */
  readonly attachments: readonly AttachmentRecord[]
  readonly state: ContainerState
  /** The namespace that it lives in while it runs; empty otherwise, and where that is not known. */
  readonly netns: string
}

/**
 * `prepared`: never started; `running`: attached, and its namespace is alive; `stopped`: postStop ran;
 * `failed`: its last start was undone; `dead`: attached, and its namespace has gone: start or remove it.
 */
export type ContainerState = 'prepared' | 'running' | 'stopped' | 'failed' | 'dead'

/** All that is known of a container by its id. */
export async function readContainer(tools: ManageTools, id: string): Promise<KnownContainer> {
  return readWith(tools, id, await tools.host.records.list(`${tools.settings.namespace}-${id}`))
}

/** All containers of the namespace, by id. */
export async function readContainers(tools: ManageTools): Promise<readonly KnownContainer[]> {
  const ids = await tools.containers.list()
  // Each look at the records of one container reads the names of all.
  const records = Map.groupBy(await tools.host.records.list(), ({ containerId }) => containerId)
  const known: KnownContainer[] = []
  // Some at a time: a thousand at once are hundreds of megabytes for a moment.
  for (let index = 0; index < ids.length; index += atOnce) {
    const some = ids.slice(index, index + atOnce)
    const read = (id: string) =>
      readWith(tools, id, records.get(`${tools.settings.namespace}-${id}`) ?? [])
    known.push(...(await Promise.all(some.map(read))))
  }
  return known
}

const atOnce = 32

async function readWith(
  { containers, hosts, host }: ManageTools,
  id: string,
  records: readonly AttachmentRecord[],
): Promise<KnownContainer> {
  const file = await containers.read(id, 'vethra.json')
  const names = await hosts.read(id)
  const attachments = [...records].sort(byInterface)
  const lifecycle = await containers.read(id, 'lifecycle.json')
  const home = attachments[0] ?? homeOf(lifecycle)
  const isAlive =
    home !== undefined &&
    home.netnsId !== '' &&
    (await host.netns.idOf(home.netns)) === home.netnsId
  return {
    id,
    ...(file === undefined ? {} : { record: parseRecord(file) }),
    ...(names === undefined ? {} : { names }),
    attachments,
    state: stateOf({ isAttached: attachments.length > 0, isAlive, lifecycle, names }),
    netns: isAlive ? home.netns : '',
  }
}

// eth10 comes after eth9.
function byInterface(a: AttachmentRecord, b: AttachmentRecord): number {
  return a.ifname.length - b.ifname.length || (a.ifname < b.ifname ? -1 : 1)
}

// Written down only where no attachment tells.
function homeOf(lifecycle: Json | undefined): { netns: string; netnsId: string } | undefined {
  const netns = goField(lifecycle ?? null, 'netns')
  const netnsId = goField(lifecycle ?? null, 'netns_id')
  return typeof netns === 'string' && typeof netnsId === 'string' ? { netns, netnsId } : undefined
}

function stateOf(signs: {
  readonly isAttached: boolean
  readonly isAlive: boolean
  readonly lifecycle: Json | undefined
  readonly names: ContainerNames | undefined
}): ContainerState {
  const { isAttached, isAlive, lifecycle, names } = signs
  if (isAlive) return 'running'
  if (isAttached) return 'dead'
  if (lifecycle === undefined) return 'prepared'
  if (goField(lifecycle, 'create_error') === true) return 'failed'
  // In host's or another's namespace there is no attachment that would tell.
  return names?.networks === null ? 'running' : 'stopped'
}
