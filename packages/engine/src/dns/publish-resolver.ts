import { type CniError, type ContainerRef, guards, onCniError, resolverFile } from '@vethra/cni'
import type { NamespaceNames } from './dns-names.ts'
import type { DnsTools } from './dns-tools.ts'
import { takeBackAddresses } from './lent-addresses.ts'
import type { ResolverState } from './resolver-state.ts'
import { tendResolvConf } from './tend-resolv-conf.ts'

/** The parts that a resolver is made known with. */
export type PublishTools = DnsTools & {
  /** Gets what keeps one file from being written: others are all the same. */
  readonly onFault: (fault: CniError) => void
  /** When to leave the rest to the next command, in milliseconds since 1970. Default: never. */
  readonly untilMs?: number
}

/** The state of a resolver, and the containers that it is made known to. */
export interface Published {
  readonly all: readonly NamespaceNames[]
  /** Undefined where it does not run any more. */
  readonly resolver: ResolverState | undefined
  /** The containers whose files are due. Default: those of all. */
  readonly only?: readonly ContainerRef[] | undefined
}

/** Tells commands what the resolver answers, or that it has stopped, and updates resolv.conf of these containers, or of all. */
export async function publishResolver(tools: PublishTools, published: Published): Promise<void> {
  const { all, resolver } = published
  const { lock, files, places } = tools
  await lock.hold(guards['resolv-conf'](places), async () => {
    const file = resolverFile(places)
    if (resolver !== undefined) {
      await files.makeFolder(file.slice(0, file.lastIndexOf('/')), 0o755)
      await files.write(file, JSON.stringify(resolver), { mode: 0o644, sync: false })
    }
    let isWhole = true
    for (const names of all) isWhole = (await tendOf(tools, names, published)) && isWhole
    if (resolver === undefined) await takeBackAddresses(tools, all)
    // As long as it is there, the next command puts right what a kill, or a stop in haste, has left.
    if (resolver === undefined && isWhole) await files.remove(file)
  })
}

// Whether there was time for all.
async function tendOf(
  tools: PublishTools,
  { namespace, networks, records }: NamespaceNames,
  { resolver, only }: Published,
): Promise<boolean> {
  const { files, rootless, clock, untilMs = Number.POSITIVE_INFINITY } = tools
  const store = tools.containers(namespace)
  const effects = await tools.facts()
  const settings = tools.resolved.settings
  const own = only?.filter((each) => each.namespace === namespace).map(({ id }) => id)
  for (const id of own ?? records.keys()) {
    await clock.yieldNow?.()
    if (clock.now() > untilMs) return false
    const record = records.get(id)
    if (record === undefined) continue
    const owner = { id, record, networks, resolver }
    await tendResolvConf({ settings, files, effects, rootless, containers: store }, owner).catch(
      onCniError(tools.onFault),
    )
  }
  return true
}
