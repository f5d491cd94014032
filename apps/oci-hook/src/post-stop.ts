import { setTimeout } from 'node:timers/promises'
import { CniError, type ContainerRef, containerIdOf, goField, type JsonObject } from '@vethra/cni'
import { type Attempt, detachAll, goingOn, livingRecords, type Membership } from '@vethra/engine'
import { attachedByRecord, attachedNow } from './attached-now.ts'
import type { Container } from './container.ts'
import { removePidFile } from './pid-file.ts'
import type { Tools } from './tools.ts'

/** Which container has stopped. */
export interface Stopped extends ContainerRef {
  /** Appends lines to the log of this hook. */
  readonly record: (lines: readonly string[]) => Promise<void>
}

/**
 * postStop: detaches the container from its networks and takes its names out of its peers' files.
 * Every step is tried whatever fails before it; CniError 106 lists all failures. Called twice, it
 * succeeds. The container's own files stay until it is deleted. Where `open` fails, because a file
 * or an annotation is not to be trusted, what is recorded as attached goes all the same. Nothing is
 * touched while the container lives: it was a second start under its id that was refused.
 */
export async function postStop(
  tools: Tools,
  { namespace, id, record }: Stopped,
  open: () => Promise<Container>,
): Promise<void> {
  const ref = { namespace, id }
  if (await isAlive(tools, ref)) return record([`container ${id} is alive: nothing is detached`])
  const errors = await goingOn(async (attempt) => {
    // By the records, before any file of the container's is believed.
    const recorded = await attempt('read the records', () => attachedByRecord(tools, ref))
    if (recorded) await attempt('detach by the records', () => detachAll(tools.host, recorded))
    const container = await attempt('read the container', open)
    const { mode = 'cni', ports = [] } = container?.request ?? {}
    const late = recorded === undefined && mode === 'cni'
    const detached = late ? await detach(tools, ref, container, attempt) : (recorded ?? [])
    await attempt('remove the names', () => release(tools, namespace, id))
    const containerId = detached[0]?.attachment.containerId ?? containerIdOf(ref)
    // After the rules: a port that is free while rules still lead from it would reach nobody.
    if (mode === 'cni') {
      const held = { containerId, ports }
      await attempt('free the ports', () => releasePorts(tools, held, detached))
    }
    if (container) await attempt('remove the pid file', () => removePidFile(container))
    if (container && !container.ours) await attempt('tell nerdctl', () => endForNerdctl(container))
  }, tools.host.steps)
  if (errors.length > 0) throw failure(id, errors)
}

// crun calls postStop while the process that it has killed is still ending.
async function isAlive({ host }: Tools, ref: ContainerRef): Promise<boolean> {
  for (const wait of endingMs) {
    if ((await livingRecords(host, ref)).length === 0) return false
    await setTimeout(wait)
  }
  return true
}

const endingMs = [5, 20, 75, 200, 700]

async function release(tools: Tools, namespace: string, id: string): Promise<void> {
  const hosts = await tools.hosts(namespace)
  await hosts.release(id)
}

async function detach(
  tools: Tools,
  ref: ContainerRef,
  container: Container | undefined,
  attempt: Attempt,
): Promise<readonly Membership[]> {
  const attached = await attachedNow(tools, ref, container, attempt)
  await attempt('detach', () => detachAll(tools.host, attached))
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
    hint: 'Leftovers are removed by "vethra bundle rm", or by the next start of the container.',
    cause: new AggregateError(errors),
  })
}
