import { inspectContainer } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { readFormat } from './listing.ts'
import type { Tools } from './open-world.ts'
import { containerDetailsShape } from './shapes.ts'

/** Prints what is known of a container, as JSON or by a template. */
export async function printContainer(
  tools: Tools,
  { ref, format }: { readonly ref: string; readonly format: string },
  io: Io,
): Promise<void> {
  const text =
    format === 'json' || format === '' ? undefined : readFormat(format, containerDetailsShape)
  const details = await inspectContainer(tools, ref)
  io.print(text ? text(details) : JSON.stringify(details, null, 4))
}
