import { detachAll, type Membership } from '@vethra/plan'
import { CniError, containerIdOf, goField, type JsonObject } from '@vethra/spec'
import { attachedByRecord, attachedNow } from './attached-now.ts'
import type { Container } from './container.ts'
import { idle } from './idle.ts'
import { removePidFile } from './pid-file.ts'
import type { Tools } from './tools.ts'

/** Which container has stopped. */
export interface Stopped {
  readonly namespace: string
  readonly id: string
}

/**
 * postStop: detaches the container from its networks and takes its names out of its peers' files.
 * Every step is tried whatever fails before it; CniError 106 tells all that failed. Called twice, it
 * succeeds. The container's own files stay until it is deleted. Where `open` fails, because a file or an
 * annotation is not to be trusted, what is recorded as attached goes all the same.
 */
export async function postStop(
  tools: Tools,
  { namespace, id }: Stopped,
  open: () => Promise<Container>,
): Promise<void> {
  const errors: unknown[] = []
  const attempt: Attempt = (work) =>
    work.catch((error: unknown): undefined => void errors.push(error))
  const ref = { namespace, id }
  // Plugins are started before all else is read: it is theirs to take time.
  const recorded = await attempt(attachedByRecord(tools, ref))
  const early = recorded && attempt(detachAll(tools.host, recorded)).then(() => recorded)
  if (early) await idle()
  const container = await attempt(open())
  const { mode = 'cni', ports = [] } = container?.request ?? {}
  const detached = early ?? (mode === 'cni' && detach(tools, ref, container, attempt))
  // While plugins run: the names of the container lead nowhere any more.
  await attempt(release(tools, namespace, id))
  const [first] = (await detached) || []
  const containerId = first?.attachment.containerId ?? containerIdOf(ref)
  // After that: a port that is free while rules still lead from it would reach nobody.
  if (mode === 'cni') {
    await attempt(releasePorts(tools, { containerId, ports }, (await detached) || []))
  }
  if (container) await attempt(removePidFile(container))
  if (container && !container.ours) await attempt(endForNerdctl(container))
  if (errors.length > 0) throw failure(id, errors)
}

/** Waits for work whose failure is told later. */
type Attempt = <T>(work: Promise<T>) => Promise<T | undefined>

async function release(tools: Tools, namespace: string, id: string): Promise<void> {
  const hosts = await tools.hosts(namespace)
  await hosts.release(id)
}

async function detach(
  tools: Tools,
  ref: Stopped,
  container: Container | undefined,
  attempt: Attempt,
): Promise<readonly Membership[]> {
  const attached = await attachedNow(tools, ref, container, attempt)
  await attempt(detachAll(tools.host, attached))
  return attached
}

// Ports are held by the id that plugins know, which another container may have had since 0.1.
async function releasePorts(
  { host, ports }: Tools,
  held: Parameters<Tools['ports']['release']>[0],
  detached: readonly Membership[],
): Promise<void> {
  const isOthers = detached.length === 0 && (await host.records.list(held.containerId)).length > 0
  if (!isOthers) await ports.release(held)
}

// nerdctl expects the name of a container that has stopped to be free, but not that of one whose start
// failed: the container is there, and may be started again.
async function endForNerdctl({ store, state, request }: Container): Promise<void> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  if (goField(lifecycle ?? null, 'create_error') === true) {
    const cleared = { ...(lifecycle as JsonObject), create_error: false }
    await store.write(state.id, 'lifecycle.json', cleared)
  } else if (request.name !== '') await store.releaseName(request.name, state.id)
}

function failure(id: string, errors: readonly unknown[]): unknown {
  const [first] = errors
  if (errors.length === 1) return first
  return new CniError({
    code: 106,
    message: `the clean-up after container ${id} is not complete`,
    hint: 'What is left is removed by "vethra bundle rm", or by the next start of the container.',
    cause: new AggregateError(errors),
  })
}
