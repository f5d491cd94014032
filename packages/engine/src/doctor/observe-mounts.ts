import { onCniError } from '@vethra/cni'
import type { ObservedAttachment, ObservedState } from '@vethra/findings'
import type { DoctorTools } from './doctor-tools.ts'
import { mapInTurns } from './in-turns.ts'

const mounted: readonly string[] = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']

/** Living containers of ours that mount files which were removed or replaced. */
export async function observeMounts(
  { kernel, clock }: DoctorTools,
  seen: readonly ObservedAttachment[],
): Promise<NonNullable<ObservedState['staleMounts']>> {
  const living = seen.filter(({ ours, state }) => ours && state === 'alive')
  const places = new Map(living.map(({ netns, containerId }) => [netns, containerId]))
  const all = await mapInTurns(clock, [...places], async ([netns, containerId]) => {
    // A container can end meanwhile, or mount more than is read: that hides nothing else.
    const deleted = await kernel.deletedMounts(netns).catch(onCniError(() => []))
    const paths = deleted.filter((each) => mounted.includes(each))
    return paths.length === 0 ? [] : [{ containerId, paths }]
  })
  return all.flat()
}
