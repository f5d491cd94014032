import { CniError } from '@vethra/cni'
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
/** How often the host's resolv.conf is read, and taken ports are tried, in milliseconds. */
const intervalMs = 1000

/**
 * Starts a resolver in the networks of all namespaces: it listens, and then resolv.conf files name it. Throws CniError 102
 * when one runs on this data store already.
 */
export async function startResolver(tools: ResolverTools): Promise<Resolver> {
  const { clock } = tools
  const own = await alone(tools)
  const recorded = await openRecorded(tools)
  const serving = await openServing(tools, recorded)
  let state: ResolverState = { ...own, Networks: await serving.listen() }
  await publishResolver({ ...tools, onFault: tools.onReport }, recorded.all(), state)

  const onFault = tools.onReport
  let noted = new Set<string>()
  let wake = Promise.withResolvers<void>()
  let isClosed = false
  const look = async (paths: readonly string[]) => {
    const { networks, containers } = await recorded.refresh(paths)
    serving.place()
    const before = JSON.stringify(state.Networks)
    state = { ...state, Networks: await serving.listen() }
    const isOther = networks || JSON.stringify(state.Networks) !== before
    if (!isOther && containers.length === 0) return
    const only = isOther ? undefined : containers
    await publishResolver({ ...tools, onFault }, recorded.all(), state, only)
  }
  const run = async () => {
    let again: readonly string[] = []
    while (!isClosed) {
      await Promise.race([wake.promise, clock.sleep(again.length > 0 ? againMs : intervalMs)])
      if (noted.size > 0) await clock.sleep(quietMs)
      const paths = [...noted]
      noted = new Set()
      wake = Promise.withResolvers()
      await serving.tendUpstream()
      // A folder is heard of before what comes into it can be heard: each path is looked at twice.
      await look([...again, ...paths])
      again = paths
    }
  }
  const running = run()
  return {
    changed(what) {
      noted.add(what)
      wake.resolve()
    },
    state: () => state,
    async close() {
      isClosed = true
      wake.resolve()
      await running
      await publishResolver({ ...tools, onFault }, recorded.all(), undefined)
      serving.close()
    },
  }
}

async function alone({ files, places }: ResolverTools): Promise<Omit<ResolverState, 'Networks'>> {
  const own = await ownProcess(files)
  const other = await runningResolver(files, places)
  if (other === undefined || other.Pid === own.Pid) return own
  throw new CniError({
    code: 102,
    message: `process ${other.Pid} answers DNS for ${places.dataStore} already`,
    hint: 'The daemon answers DNS, too: "vethra dns" is for hosts without it.',
  })
}
