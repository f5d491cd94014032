import { usageError } from '@vethra/cni'
import {
  type InspectMode,
  inspectNetworks,
  missingNetworks,
  networksNotFound,
} from '@vethra/engine'
import type { DockerNetwork, NativeNetwork } from '@vethra/networks'
import type { Io } from '@vethra/world'
import { readFormat } from './listing.ts'
import type { Tools } from './open-world.ts'
import { dockerShape, nativeShape } from './shapes.ts'

/** The options of `network inspect`. */
export interface InspectFlags {
  readonly mode: string
  readonly format: string
}

/** Prints networks as a JSON array, in the order asked, those found even when others are missing: CniError 101 names these. */
export async function printInspected(
  tools: Tools,
  { refs, mode, format }: InspectFlags & { readonly refs: readonly string[] },
  io: Io,
): Promise<void> {
  if (mode !== 'dockercompat' && mode !== 'native')
    throw usageError(`unknown mode "${mode}"`, 'Give --mode as dockercompat or native.')
  const text = format === 'json' || format === '' ? undefined : renderer(mode, format)
  const { shown, missing, faults } = await inspectNetworks(tools, refs, mode)
  if (text) for (const each of shown) io.print(text(each))
  else if (shown.length > 0) io.print(JSON.stringify(shown, null, 4))
  if (missing.length > 0) throw networksNotFound(missing, faults)
}

/** Whether no network has this name or id. */
export async function isMissing(
  tools: Parameters<typeof missingNetworks>[0],
  ref: string,
): Promise<boolean> {
  return (await missingNetworks(tools, [ref])).length > 0
}

// In either mode all networks are of its kind.
function renderer(mode: InspectMode, format: string) {
  const text =
    mode === 'native'
      ? readFormat<NativeNetwork>(format, nativeShape)
      : readFormat<DockerNetwork>(format, dockerShape)
  return text as (network: DockerNetwork | NativeNetwork) => string
}
