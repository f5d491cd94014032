import {
  goField,
  isSameNamespace,
  type Json,
  jsonOrNull,
  type Life,
  lifeOf,
  type NamespaceIdentity,
  readIdentity,
  type SeenNamespace,
} from '@vethra/cni'

/** The network namespace that a container lives in: its path and identity. */
export interface Home extends NamespaceIdentity {
  readonly netns: string
}

/** The namespace in a lifecycle.json, for a container without attachments; undefined without one. 0.1 wrote device and inode. */
export function homeOf(lifecycle: Json | undefined): Home | undefined {
  const netns = goField(lifecycle, 'netns')
  if (typeof netns !== 'string') return undefined
  const inode = goField(lifecycle, 'netns_id') ?? ''
  const identity = goField(lifecycle, 'netns_identity') ?? { netnsId: inode }
  return { netns, ...readIdentity(identity) }
}

/** The namespace of a task by runc's state.json or crun's status; undefined for any other text. */
export function homeOfTask(state: string): Home | undefined {
  // Cut short, or written by something else: it names no task.
  const json = jsonOrNull(state)
  const pid = goField(json, 'init_process_pid') ?? goField(json, 'pid')
  const start = goField(json, 'init_process_start') ?? goField(json, 'process-start-time')
  if (!isCount(pid) || !isCount(start)) return undefined
  return { netns: `/proc/${pid}/ns/net`, netnsId: '', startTime: String(start) }
}

/** Whether a container lives, by its first process where known: a namespace that it shares goes on without it. */
export function homeLife(home: Home, seen: SeenNamespace): Life {
  const { startTime, place = seen.place, bootId = seen.bootId } = home
  const isHere = place === seen.place && bootId === seen.bootId
  if (!isHere || startTime === undefined || seen.startTime === undefined) return lifeOf(home, seen)
  if (startTime !== seen.startTime) return 'gone'
  return isSameNamespace(home, seen) === false ? lifeOf(home, seen) : 'alive'
}

/** The identity of the namespace in which a container was started, by its lifecycle.json; undefined for one of 0.1 that was in a network. */
export function startedIn(lifecycle: Json | undefined): NamespaceIdentity | undefined {
  const identity = goField(lifecycle, 'started_in') ?? goField(lifecycle, 'netns_identity')
  return identity === undefined ? undefined : readIdentity(identity)
}

/** Whether a namespace is certainly another than that in which a container was started: pid, MAC and address can be anybody's by now. */
export function isElsewhere(home: NamespaceIdentity | undefined, seen: SeenNamespace): boolean {
  return home !== undefined && isSameNamespace(home, seen) === false
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
