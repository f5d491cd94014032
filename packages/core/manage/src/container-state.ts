import { type BundleRecord, parseRecord } from '@vethra/bundle'
import type { ContainerNames } from '@vethra/hosts'
import type { AttachmentRecord } from '@vethra/plan'
import { goField } from '@vethra/spec'
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
}

/**
 * `prepared`: never started; `running`: attached, and its namespace is alive; `stopped`: postStop ran;
 * `failed`: its last start was undone; `dead`: attached, and its namespace has gone: start or remove it.
 */
export type ContainerState = 'prepared' | 'running' | 'stopped' | 'failed' | 'dead'

/** All that is known of a container by its id. */
export async function readContainer(tools: ManageTools, id: string): Promise<KnownContainer> {
  const { containers, hosts, host, settings } = tools
  const file = await containers.read(id, 'vethra.json')
  const names = await hosts.read(id)
  const records = await host.records.list(`${settings.namespace}-${id}`)
  const attachments = [...records].sort((a, b) => (a.ifname < b.ifname ? -1 : 1))
  return {
    id,
    ...(file === undefined ? {} : { record: parseRecord(file) }),
    ...(names === undefined ? {} : { names }),
    attachments,
    state: await stateOf(tools, id, attachments, names),
  }
}

/** All containers of the namespace, by id. */
export async function readContainers(tools: ManageTools): Promise<readonly KnownContainer[]> {
  const ids = await tools.containers.list()
  return Promise.all(ids.map((id) => readContainer(tools, id)))
}

async function stateOf(
  { containers, host }: ManageTools,
  id: string,
  attachments: readonly AttachmentRecord[],
  names: ContainerNames | undefined,
): Promise<ContainerState> {
  const [first] = attachments
  if (first !== undefined) {
    const alive = first.netnsId !== '' && (await host.netns.idOf(first.netns)) === first.netnsId
    return alive ? 'running' : 'dead'
  }
  const lifecycle = await containers.read(id, 'lifecycle.json')
  if (lifecycle === undefined) return 'prepared'
  if (goField(lifecycle, 'create_error') === true) return 'failed'
  // In host's or another's namespace there is no attachment that would tell.
  return names?.networks === null ? 'running' : 'stopped'
}
