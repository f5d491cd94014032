import { inspectNetworks, networksNotFound } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { unsupported } from './flags.ts'
import { readFormat } from './listing.ts'
import type { Tools } from './tools.ts'

/**
 * Prints the networks asked for as a JSON array, in the order asked. Those found are printed even when
 * others are not; then CniError 101 names the missing ones.
 */
export async function printInspected(
  tools: Tools,
  refs: readonly string[],
  { mode, format }: { readonly mode: string; readonly format: string },
  io: Io,
): Promise<void> {
  if (mode !== 'dockercompat' && mode !== 'native') {
    throw unsupported('--mode', mode, 'dockercompat or native', `unknown mode "${mode}"`)
  }
  const { shown, missing, faults } = await inspectNetworks(tools, refs, mode)
  if (format !== 'json') for (const each of shown) io.print(readFormat(format)(each))
  else if (shown.length > 0) io.print(JSON.stringify(shown, null, 4))
  if (missing.length > 0) throw networksNotFound(missing, faults)
}
