import { containerIdOf, guards } from '@vethra/cni'
import type { ManageTools } from '../network/tools.ts'

/** Runs `work` while nobody else changes what a container is to be, or removes it. Before the lock of its attachments. */
export async function holdingDecisions<T>(
  { host, settings }: Pick<ManageTools, 'host' | 'settings'>,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  const { namespace } = settings
  return host.lock.hold(guards.container(host.places, containerIdOf({ namespace, id })), work)
}
