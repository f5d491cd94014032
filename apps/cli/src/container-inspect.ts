import { CniError, oneOrAll } from '@vethra/cni'
import { inspectContainer } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { readFormat } from './listing.ts'
import type { Tools } from './open-world.ts'
import { containerDetailsShape } from './shapes.ts'

/** Prints what is known of containers, in the order asked, each as a JSON object or by a template. Throws CniError 101 for missing ones, after the others. */
export async function printDetails(
  tools: Tools,
  { refs, format }: { readonly refs: readonly string[]; readonly format: string },
  io: Io,
): Promise<void> {
  const text =
    format === 'json' || format === '' ? undefined : readFormat(format, containerDetailsShape)
  const errors: CniError[] = []
  for (const ref of refs) {
    try {
      const details = await inspectContainer(tools, ref)
      io.print(text ? text(details) : JSON.stringify(details, null, 4))
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      errors.push(error)
    }
  }
  const failure = oneOrAll(errors, `${errors.length} of ${refs.length} containers cannot be shown`)
  if (failure) throw failure
}
