import { type ContainerRef, inUseError, onCniError } from '@vethra/cni'
import type { Clock } from '@vethra/world'
import type { ResolverTools } from './dns-tools.ts'
import { newExaminer } from './examiner.ts'
import { newFollower } from './follower.ts'
import { publishResolver } from './publish-resolver.ts'
import { newPublisher } from './publisher.ts'
import { openRecorded } from './recorded.ts'
import { ownProcess, type ResolverState, runningResolver } from './resolver-state.ts'
import { openServing, type Serving } from './serving.ts'
import { newStop, type Stop } from './signal.ts'

/** A resolver that runs. */
export interface Resolver {
  /** Something on the host has changed: a path, or a part of the kernel. */
  changed(what: string): void
  /** The networks that it answers in, and why not in others. */
  state(): ResolverState
  /** Has resolv.conf files name what they would without it, and ends. */
  close(): Promise<void>
}

/** How long a burst of changes is waited for, in milliseconds. */
const quietMs = 10
/** How often servers upstream are probed, in milliseconds. */
const intervalMs = 1000
/** The time that a stop may take to put resolv.conf files right, in milliseconds: what is left, the next command does. */
const hasteMs = 5000

/** Starts a resolver for all namespaces: it listens, then resolv.conf files name it. Throws CniError 102 when one runs already. */
export async function startResolver(tools: ResolverTools): Promise<Resolver> {
  const { clock, onReport: onFault } = tools
  const own = await alone(tools)
  const recorded = await openRecorded(tools)
  const publish = (resolver?: ResolverState, only?: readonly ContainerRef[]) =>
    publishResolver({ ...tools, onFault }, { all: recorded.all(), resolver, only })
  // From here on the next command puts right what a kill leaves.
  await publish({ ...own, Networks: [], Upstream: [] }, [])
  const serving = await openServing(tools, recorded)
  const first = { ...own, Networks: await listenFirst(serving), Upstream: [] }
  await publish(first)

  const stop = newStop()
  const publisher = newPublisher((only) =>
    publish(follower.state(), only).catch(onCniError(onFault)),
  )
  const onOther = () => follower.note('reachability of networks')
  const examiner = newExaminer({ clock, serving, onFault, onOther, quietMs })
  const parts = { clock, recorded, serving, publisher, examiner, onFault, quietMs }
  const follower = newFollower(parts, first)
  const running = Promise.all([
    follower.run(stop),
    publisher.run(stop),
    examiner.run(stop),
    probe(serving, clock, stop),
  ])
  return {
    changed: (what) => {
      if (what.includes('nftables')) examiner.doubt('all')
      follower.note(what)
    },
    state: follower.state,
    async close() {
      stop.order()
      await running
      const hasty = { ...tools, onFault, untilMs: clock.now() + hasteMs }
      await publishResolver(hasty, { all: recorded.all(), resolver: undefined })
      await serving.close()
    },
  }
}

async function listenFirst(serving: Serving): Promise<ResolverState['Networks']> {
  await serving.listen(true)
  await serving.examine(true)
  return serving.listen(true)
}

async function probe(serving: Serving, clock: Clock, stop: Stop): Promise<void> {
  while (!stop.isOrdered()) {
    await Promise.race([stop.ordered, serving.probe()])
    await Promise.race([stop.ordered, clock.idle(intervalMs)])
  }
}

async function alone(given: ResolverTools): Promise<Pick<ResolverState, 'Pid' | 'StartTime'>> {
  const { files, places } = given
  const own = await ownProcess(files)
  const other = await runningResolver(files, places)
  if (other === undefined || other.Pid === own.Pid) return own
  throw inUseError(
    `process ${other.Pid} answers DNS for ${places.dataStore} already`,
    'The daemon answers DNS, too: "vethra dns" is for hosts without it.',
  )
}
