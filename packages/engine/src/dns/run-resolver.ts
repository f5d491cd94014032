import { CniError, type ContainerRef, onCniError } from '@vethra/cni'
import type { ResolverTools } from './dns-tools.ts'
import { publishResolver } from './publish-resolver.ts'
import { openRecorded } from './recorded.ts'
import { ownProcess, type ResolverState, runningResolver } from './resolver-state.ts'
import { openServing } from './serving.ts'

/** A resolver that runs. */
export interface Resolver {
  /** Something on the host has changed: a path, or a part of the kernel. */
  changed(what: string): void
  /** The networks that it answers in, and why not in others. */
  state(): ResolverState
  /** Has resolv.conf files name what they would without it, and ends. */
  close(): Promise<void>
}

/** In milliseconds: how long a burst of changes is waited for, and when the same is read once more. */
const [quietMs, againMs] = [10, 60]
/** How often the host's resolv.conf is read and taken ports are tried, in milliseconds. */
const intervalMs = 1000
/** How often containers ask, and where some are not heard, in milliseconds. */
const [examineMs, refusedMs] = [30_000, 5000]

/**
 * Starts a resolver in the networks of all namespaces: it listens, and then resolv.conf files name it. Throws CniError 102
 * when one runs on this data store already.
 */
export async function startResolver(tools: ResolverTools): Promise<Resolver> {
  const { clock } = tools
  const own = await alone(tools)
  const recorded = await openRecorded(tools)
  const serving = await openServing(tools, recorded)
  await serving.listen()
  await serving.examine(true)
  let state: ResolverState = { ...own, Networks: await serving.listen(), Upstream: [] }
  await publishResolver({ ...tools, onFault: tools.onReport }, recorded.all(), state)

  const onFault = tools.onReport
  let noted = new Set<string>()
  let wake = Promise.withResolvers<void>()
  let isClosed = false
  const closed = Promise.withResolvers<void>()
  let unpublished: readonly (ContainerRef | undefined)[] = []
  let untold = Promise.withResolvers<void>()
  let isFirewall = false
  let examinedAt = clock.now()
  let doubt = Promise.withResolvers<void>()
  const doubtAll = () => {
    isFirewall = true
    doubt.resolve()
  }
  const look = async (paths: readonly string[]) => {
    const { networks, containers } = await recorded.refresh(paths)
    serving.place()
    await serving.tendUpstream()
    const before = state
    state = { ...state, Networks: await serving.listen(), Upstream: serving.faults() }
    if (networks || containers.length > 0) doubt.resolve()
    const isOther = networks || !isSame(state.Networks, before.Networks)
    if (!isOther && containers.length === 0 && isSame(state.Upstream, before.Upstream)) return
    // Undefined stands for all of them.
    unpublished = [...unpublished, ...(isOther ? [undefined] : containers)]
    untold.resolve()
  }
  // Apart from the others: commands hold its lock, and names are answered meanwhile.
  const publish = async () => {
    while (!isClosed) {
      await Promise.race([closed.promise, untold.promise])
      if (isClosed) return
      const due = unpublished
      untold = Promise.withResolvers()
      unpublished = []
      const only = due.flatMap((each) => each ?? [])
      const shown = only.length === due.length ? only : undefined
      await publishResolver({ ...tools, onFault }, recorded.all(), state, shown).catch(
        onCniError(onFault),
      )
    }
  }
  const run = async () => {
    let again: readonly string[] = []
    while (!isClosed) {
      await Promise.race([wake.promise, clock.idle(again.length > 0 ? againMs : intervalMs)])
      if (noted.size > 0) await clock.sleep(quietMs)
      const paths = [...noted]
      noted = new Set()
      wake = Promise.withResolvers()
      const isRefused = state.Networks.some(({ Refused }) => Refused !== '')
      if (clock.now() - examinedAt > (isRefused ? refusedMs : examineMs)) doubtAll()
      if (serving.isInDoubt()) doubt.resolve()
      // A folder is heard of before what comes into it can be heard: each path is looked at twice.
      await look([...again, ...paths]).catch(onCniError(onFault))
      again = paths
    }
  }
  // Apart from the other: a container that is not heard keeps it waiting.
  const examine = async () => {
    while (!isClosed) {
      await doubt.promise
      await clock.sleep(quietMs)
      doubt = Promise.withResolvers()
      const all = isFirewall
      isFirewall = false
      examinedAt = clock.now()
      if (isClosed) return
      const isOther = await serving.examine(all).catch(
        onCniError((fault) => {
          onFault(fault)
          return false
        }),
      )
      if (isOther) wake.resolve()
    }
  }
  const probe = async () => {
    while (!isClosed) {
      await Promise.race([closed.promise, serving.probe()])
      await Promise.race([closed.promise, clock.idle(intervalMs)])
    }
  }
  const running = Promise.all([run(), publish(), examine(), probe()])
  return {
    changed(what) {
      if (what.includes('nftables')) {
        doubtAll()
        return
      }
      noted.add(what)
      wake.resolve()
    },
    state: () => state,
    async close() {
      isClosed = true
      closed.resolve()
      wake.resolve()
      doubt.resolve()
      await running
      await publishResolver({ ...tools, onFault }, recorded.all(), undefined)
      await serving.close()
    },
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

async function alone({
  files,
  places,
}: ResolverTools): Promise<Pick<ResolverState, 'Pid' | 'StartTime'>> {
  const own = await ownProcess(files)
  const other = await runningResolver(files, places)
  if (other === undefined || other.Pid === own.Pid) return own
  throw new CniError({
    code: 102,
    message: `process ${other.Pid} answers DNS for ${places.dataStore} already`,
    hint: 'The daemon answers DNS, too: "vethra dns" is for hosts without it.',
  })
}
