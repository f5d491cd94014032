import { bypassOf, bypassRequest } from '@vethra/container'
import type { World } from '@vethra/world'
import type { Container } from './container.ts'

/** Has bypass4netnsd make the connections of a container that asks for it. Throws CniError 107, 100 where it does not run, or 5. */
export async function startBypass(world: World, container: Container): Promise<void> {
  const { rootless, bypass } = world
  const wish = bypassOf(container.state)
  const runtimeDir = world.resolved.homes?.runtime
  if (!wish || !rootless || !bypass || runtimeDir === undefined) return
  const { id } = container.state
  const about = {
    id,
    runtimeDir,
    stateDir: container.store.folder(id),
    ports: container.request.ports,
  }
  await bypass.start(bypassRequest(about, wish, await rootless.info()))
}

/** Takes back what `startBypass` did; nothing is fine. */
export async function stopBypass({ bypass }: World, { state }: Container): Promise<void> {
  if (bypass && bypassOf(state) !== undefined) await bypass.stop(state.id)
}
