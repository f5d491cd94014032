import { onCniError } from '@vethra/cni'
import type { ObservedAttachment, ObservedState } from '@vethra/findings'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'

const mounted: readonly string[] = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']

/** Living containers of ours that mount files which were removed or replaced. */
export async function observeMounts(
  { kernel, clock, host: { places } }: DoctorTools,
  seen: readonly ObservedAttachment[],
): Promise<NonNullable<ObservedState['staleMounts']>> {
  const living = seen.filter(({ ours, state }) => (ours ? state === 'alive' : state !== 'gone'))
  const byPlace = new Map(living.map((each) => [each.netns, each]))
  // Of a container that nothing remembers as ours what it mounts tells it. What is above may be a mount point.
  const store = `/${places.dataStore.split('/').slice(-2).join('/')}/`
  const isFileOf = (containerId: string, file: string) =>
    file.includes(store) && file.replaceAll('/', '-').includes(`-${containerId}-`)
  const all = await mapInTurns(clock, [...byPlace], async ([netns, { containerId, ours }]) => {
    // A container can end meanwhile, or mount more than is read: that hides nothing else.
    const deleted = await kernel.deletedMounts(netns).catch(onCniError(() => []))
    const paths = deleted
      .filter(({ point, file }) => mounted.includes(point) && (ours || isFileOf(containerId, file)))
      .map(({ point }) => point)
    return paths.length === 0 ? [] : [{ containerId, paths }]
  })
  return all.flat()
}
