import { setTimeout } from 'node:timers/promises'
import {
  type ContainerRef,
  containerIdOf,
  goField,
  type JsonObject,
  onCniError,
  oneOrAll,
} from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { type Attempt, detachAll, goingOn, livingRecords } from '@vethra/engine'
import type { World } from '@vethra/world'
import { attachedByRecord, attachedNow, type Stopping } from './attached-now.ts'
import { stopBypass } from './bypass.ts'
import type { Container } from './container.ts'
import { detachedHome } from './detached-home.ts'
import { removePidFile } from './pid-file.ts'

interface Stopped extends ContainerRef {
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
  world: World,
  { namespace, id, record }: Stopped,
  open: () => Promise<Container>,
): Promise<void> {
  const ref = { namespace, id }
  if (await isAlive(world, ref)) return record([`container ${id} is alive: nothing is detached`])
  let isTransient = false
  const errors = await goingOn(async (attempt) => {
    // By the records, before any file of the container's is believed.
    const recorded = await attempt('read the records', () => attachedByRecord(world, ref))
    if (recorded) await attempt('detach by the records', () => detachAll(world, recorded))
    const container = await attempt('read the container', open)
    const { mode = 'cni', ports = [] } = container?.request ?? {}
    const late = recorded === undefined && mode === 'cni'
    const detached = late ? await detach(world, { ...ref, container }, attempt) : (recorded ?? [])
    await attempt('remove the names', () => release(world, namespace, id))
    const containerId = detached[0]?.attachment.containerId ?? containerIdOf(ref)
    // After the rules: a port that is free while rules still lead from it would reach nobody.
    if (mode === 'cni') {
      const held = { containerId, ports }
      await attempt('free the ports', () => releasePorts(world, held, detached))
    }
    if (container) await attempt('end bypass4netns', () => stopBypass(world, container))
    if (container) await attempt('remove the pid file', () => removePidFile(world, container))
    if (container && !container.ours) await attempt('tell nerdctl', () => endForNerdctl(container))
    isTransient = container?.transient === true
  }, world.steps)
  const hint = 'Leftovers are removed by "vethra bundle rm", or by the next start of the container.'
  if (errors.length > 0)
    throw oneOrAll(errors, `the clean-up after container ${id} is not complete`, hint)
  // Loaded here alone: a start has no use for it.
  if (isTransient) await (await import('./forget.ts')).forget(world, ref)
}

// crun calls postStop while the process that it has killed is still ending. Records that cannot be read keep
// nothing from being freed.
async function isAlive(world: World, ref: ContainerRef): Promise<boolean> {
  for (const wait of endingMs) {
    const living = await livingRecords(world, ref).catch(onCniError(() => []))
    if (living.length === 0 && (await detachedHome(world, ref)) === undefined) return false
    await setTimeout(wait)
  }
  return true
}

const endingMs = [5, 20, 75, 200, 700]

async function release(world: World, namespace: string, id: string): Promise<void> {
  const hosts = await world.hosts(namespace)
  await hosts.release(id)
}

async function detach(
  world: World,
  stopping: Stopping,
  attempt: Attempt,
): Promise<readonly Membership[]> {
  const attached = await attachedNow(world, stopping, attempt)
  await attempt('detach', () => detachAll(world, attached))
  return attached
}

// Ports are held by the id that plugins know, which another container may have had since 0.1.
async function releasePorts(
  { records, ports }: World,
  held: Parameters<World['ports']['release']>[0],
  detached: readonly Membership[],
): Promise<void> {
  const isOthers = detached.length === 0 && (await records.list(held.containerId)).length > 0
  if (!isOthers) await ports.release(held)
}

// nerdctl expects the name of a container that has stopped to be free, but not that of one whose start
// failed: the container is there, and may be started again.
async function endForNerdctl({ store, state, request }: Container): Promise<void> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  if (goField(lifecycle, 'create_error') === true) {
    const cleared = { ...(lifecycle as JsonObject), create_error: false }
    await store.write(state.id, 'lifecycle.json', cleared)
  } else if (request.name !== '') await store.releaseName(request.name, state.id)
}
