import { containerIdOf, inUseError, notFoundError } from '@vethra/cni'
import { annotationKeys, parseRecord } from '@vethra/container'
import { holdingAttachments } from '@vethra/engine'
import type { World } from '@vethra/world'
import type { Container } from './container.ts'

/** Runs `work` while no other operation is at work on a container. Throws CniError 101 where "bundle rm" was faster, 102 where `network connect` or `disconnect` was. */
export async function holdingKnown<T>(
  world: World,
  container: Container,
  work: () => Promise<T>,
): Promise<T> {
  return holdingAttachments(world, [containerIdOf(container.request)], async () => {
    if (await isRemoved(container))
      throw notFoundError(
        `container ${container.state.id} was removed while it was being started`,
        'Prepare its bundle again: vethra bundle prepare.',
      )
    if (await isChanged(container))
      throw inUseError(
        `container ${container.state.id} was connected to a network, or disconnected, while it was being started`,
        'Start it again: it is then in the networks that it is to be in.',
      )
    return work()
  })
}

/** Whether the files of a container, ours or nerdctl's, are removed by now: runc has mounted them before it calls the hook. */
export async function isRemoved({ ours, store, state }: Container): Promise<boolean> {
  const { id, annotations } = state
  if (ours) return (await store.read(id, 'vethra.json')) === undefined
  const hadFolder = annotations[annotationKeys.stateDir] === store.folder(id)
  return hadFolder && !(await store.list()).includes(id)
}

// A damaged record was refused when it was read first.
async function isChanged({ decided, store, state }: Container): Promise<boolean> {
  if (decided === undefined) return false
  const { networks } = parseRecord(await store.read(state.id, 'vethra.json'))
  return JSON.stringify(networks) !== JSON.stringify(decided.networks)
}
