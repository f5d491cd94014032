import { explain } from '@vethra/cni'
import { askedOf, podmanId } from '@vethra/container'
import { inNamespace, prepareAskedConfig } from '@vethra/engine'
import type { Io, World } from '@vethra/world'

/** precreate, Podman's stage: the config.json for the one on standard input. Throws CniError as `prepareAsked`, 6 for no UTF-8, and logs it. */
export async function precreate(world: World, io: Io): Promise<string> {
  try {
    return await prepared(world, await io.readStdin('UTF-8'), io)
  } catch (error) {
    await log(world, explain(error)).catch((fault: unknown) =>
      explain(fault, 'warning').forEach(io.complain),
    )
    throw error
  }
}

async function log({ files, places }: World, lines: readonly string[]): Promise<void> {
  // After a boot nothing has made it yet.
  await files.makeFolder(places.runtime, 0o700)
  const file = `${places.runtime}/precreate.log`
  await files.write(file, `${lines.join('\n')}\n`, { mode: 0o600, sync: false })
}

async function prepared(world: World, text: string, io: Io): Promise<string> {
  // Which container it is for matters only where it asks.
  if (askedOf(text, 'unknown') === undefined) return text
  const id = podmanId(text)
  const asked = askedOf(text, id)
  if (asked === undefined) return text
  const { resolved } = world
  const tools = { ...(await inNamespace(world, resolved.settings.namespace)), resolved }
  return prepareAskedConfig(tools, { text, asked }, io)
}
