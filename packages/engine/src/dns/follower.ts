import { type CniError, onCniError } from '@vethra/cni'
import type { Clock } from '@vethra/world'
import type { Examiner } from './examiner.ts'
import type { Publisher } from './publisher.ts'
import type { Recorded } from './recorded.ts'
import type { ResolverState } from './resolver-state.ts'
import type { Serving } from './serving.ts'
import { newSignal, type Stop } from './signal.ts'

/** The loop that follows what is recorded on the host. */
interface Follower {
  /** Has what changed looked at soon: a path, or a part of the kernel. */
  note(path: string): void
  /** The networks that the resolver answers in, and why not in others. */
  state(): ResolverState
  run(stop: Stop): Promise<void>
}

/** The parts of a follower. */
export interface FollowerParts {
  readonly clock: Clock
  readonly recorded: Recorded
  readonly serving: Serving
  readonly publisher: Pick<Publisher, 'add'>
  readonly examiner: Pick<Examiner, 'doubt' | 'isDue'>
  readonly onFault: (fault: CniError) => void
  /** How long a burst of changes is waited for, in milliseconds. */
  readonly quietMs: number
}

/** When the same is read once more, in milliseconds. */
const againMs = 60
/** How often the host's resolv.conf is read and taken ports are tried, in milliseconds. */
const intervalMs = 1000

/** A follower whose resolver is in the state `first`. */
export function newFollower(parts: FollowerParts, first: ResolverState): Follower {
  const { clock, recorded, serving, publisher, examiner, onFault, quietMs } = parts
  let [state, noted] = [first, new Set<string>()]
  const changes = newSignal()
  const look = async (paths: readonly string[], isDue: boolean) => {
    const { networks, containers } = await recorded.refresh(paths)
    serving.place()
    await serving.tendUpstream()
    const before = state
    const Networks = await serving.listen(isDue || paths.length > 0)
    state = { ...before, Networks, Upstream: serving.faults() }
    if (networks || containers.length > 0) examiner.doubt('new')
    if (networks || !isSame(state.Networks, before.Networks)) publisher.add('all')
    else if (containers.length > 0 || !isSame(state.Upstream, before.Upstream)) {
      publisher.add(containers)
    }
  }
  return {
    note(path) {
      noted.add(path)
      changes.set()
    },
    state: () => state,
    async run(stop) {
      let again: readonly string[] = []
      while (!stop.isOrdered()) {
        const idle = clock.idle(again.length > 0 ? againMs : intervalMs)
        await Promise.race([stop.ordered, changes.wait(), idle])
        if (noted.size > 0) await clock.sleep(quietMs)
        const paths = [...noted]
        noted = new Set()
        changes.clear()
        const isDue = examiner.isDue(state.Networks.some(({ Refused }) => Refused !== ''))
        if (isDue) examiner.doubt('all')
        if (serving.isInDoubt()) examiner.doubt('new')
        // A folder is heard of before what comes into it can be heard: each path is looked at twice.
        await look([...again, ...paths], isDue).catch(onCniError(onFault))
        again = paths
      }
    },
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
