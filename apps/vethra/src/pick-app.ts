import { splitHookFlags } from '@vethra/settings'
import { CniError } from '@vethra/spec'

/**
 * The app that an argument vector calls: the hook for `oci-hook` and for nerdctl's own hook line,
 * `internal oci-hook`, whatever global flags stand before; the commands of people for all else.
 */
export function pickApp(argv: readonly string[]): 'oci-hook' | 'cli' {
  const [first, second] = words(argv)
  return first === 'oci-hook' || (first === 'internal' && second === 'oci-hook')
    ? 'oci-hook'
    : 'cli'
}

function words(argv: readonly string[]): readonly string[] {
  try {
    return splitHookFlags(argv).rest
  } catch (error) {
    // A flag without its value: the command line app says so.
    if (error instanceof CniError) return []
    throw error
  }
}
