import { CniError } from '@vethra/cni'
import { splitHookFlags } from '@vethra/settings'

/** An app, and the arguments that it gets. */
export interface Picked {
  readonly app: 'cni-plugin' | 'oci-hook' | 'port-holder' | 'daemon' | 'cli'
  readonly argv: readonly string[]
}

/**
 * The app that a call means: the plugin whose name the program was called by, or that stands after
 * `plugin`; the hook for `oci-hook` and for nerdctl's own hook line, `internal oci-hook`, whatever
 * global flags stand before; the process that the hook starts to hold ports; the daemon; the commands
 * of people for all else, help on the daemon among it.
 */
export function pickApp(calledBy: string, argv: readonly string[]): Picked {
  const name = calledBy.slice(calledBy.lastIndexOf('/') + 1)
  // The names that other programs call: what they pass is in the environment, not in the arguments.
  if (name === 'host-local' || name === 'static') return { app: 'cni-plugin', argv: [name] }
  const [first, second] = words(argv)
  if (first === 'plugin' && second !== undefined && !second.startsWith('-')) {
    return { app: 'cni-plugin', argv: [second] }
  }
  if (first === 'daemon' && !asksForHelp(argv)) return { app: 'daemon', argv }
  if (first === 'port-holder') return { app: 'port-holder', argv }
  const isHook = first === 'oci-hook' || (first === 'internal' && second === 'oci-hook')
  return { app: isHook ? 'oci-hook' : 'cli', argv }
}

function asksForHelp(argv: readonly string[]): boolean {
  return argv.some((each) => each === '--help' || each === '-h')
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
