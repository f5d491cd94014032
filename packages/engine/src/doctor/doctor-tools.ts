import type { BundleRecord } from '@vethra/container'
import type { Network } from '@vethra/networks'
import type { State } from '@vethra/state'
import type { Clock, ConfDir, ContainerStore, Files, HostFacts, Kernel, World } from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import { writeContainerFiles } from '../bundle/container-files.ts'
import { removeHeld } from '../container/container-remove.ts'
import { type ResolverState, runningResolver } from '../dns/resolver-state.ts'
import { inNamespace } from '../in-namespace.ts'
import { effectsReader, type NativeAttachment } from './native-effects.ts'

/** All that a doctor looks and acts with. */
export interface DoctorTools
  extends Pick<
    World,
    'namespaces' | 'hosts' | 'ipam' | 'ports' | 'memory' | 'folders' | 'clock' | 'lockNow'
  > {
  readonly host: HostTools
  readonly kernel: Kernel
  networks(
    namespace: string,
  ): Pick<ConfDir, 'list' | 'dropIns' | 'create' | 'kept' | 'restore' | 'exclusively'>
  containers(
    namespace: string,
  ): Pick<ContainerStore, 'folder' | 'list' | 'read' | 'heldNames' | 'claimName' | 'releaseName'>
  readonly files: Pick<Files, 'append' | 'makeFolder' | 'remove'>
  /** Writes what is mounted into a container, as when it was prepared. Throws CniError 5. */
  writeMounted(namespace: string, record: BundleRecord, known: readonly Network[]): Promise<unknown>
  /** Removes a container that has ended, under its lock. Throws CniError. */
  forget(namespace: string, id: string): Promise<void>
  /** Reads the elements and settings of an attachment on the host, as native plugins made them. */
  readonly effectsOf: (native: NativeAttachment) => State
  readonly otherSigns: HostFacts['otherSigns']
  /** Whether it looks at all files of state, and not at folders alone. */
  readonly looksWithin: boolean
  /** Whether it looks inside of so many containers: what is changed there may be meant, and takes a visit of each. */
  readonly looksInside: (attachments: number) => boolean
  /** The resolver that runs. Default: none does. */
  readonly resolver?: () => Promise<ResolverState | undefined>
}

/** A world as a doctor sees it. Default: folders alone, and containers from outside. */
export async function forDoctor(
  world: World,
  looks: Partial<Pick<DoctorTools, 'looksWithin' | 'looksInside'>> = {},
): Promise<DoctorTools> {
  const { otherSigns } = await world.facts()
  return {
    ...world,
    host: world,
    kernel: await world.hostKernel(),
    writeMounted: async (namespace, record, known) => {
      const { files, resolved } = world
      const [hosts, effects] = [await world.hosts(namespace), await world.facts()]
      const own = { containers: world.containers(namespace), hosts, effects, known }
      return writeContainerFiles(
        { ...own, host: world, files, settings: resolved.settings },
        record,
      )
    },
    forget: async (namespace, id) => removeHeld(await inNamespace(world, namespace), id, {}),
    effectsOf: effectsReader(),
    otherSigns,
    ...{ looksWithin: false, looksInside: () => false, ...looks },
    resolver: () => runningResolver(world.files, world.places),
  }
}

/** The outcome of some work for each item, in their order: one after the other; between them the event loop may go on. */
export async function mapInTurns<Item, Outcome>(
  { yieldNow }: Pick<Clock, 'yieldNow'>,
  items: readonly Item[],
  work: (item: Item) => Outcome | Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const item of items) {
    outcomes.push(await work(item))
    if (yieldNow) await yieldNow()
  }
  return outcomes
}
