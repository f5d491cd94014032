import { orElse } from '@vethra/cni'
import { splitHookFlags } from '@vethra/settings'

/** The words of a call, without the flags before them; empty where such a flag has no value, which the command line app reports. */
export function wordsBehindFlags(argv: readonly string[]): readonly string[] {
  return orElse(() => splitHookFlags(argv).rest, [])
}
