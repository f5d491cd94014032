import type { PluginCall, PluginLimits } from '@vethra/cni'
import type { PluginReport } from '@vethra/world'

/** How plugins are run. */
export interface PluginExecOptions {
  /** The folders of `CNI_PATH`, in order; absolute, since plugins run in `/`. */
  readonly path: readonly string[]
  /** The environment that plugins inherit; the `CNI_*` variables of the call win. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** After this many milliseconds the plugin's whole process group is killed; on VERSION after 5,000 at most. Default: 60,000. */
  readonly timeoutMs?: number
  /** More octets than this on standard output or error end the plugin. Default: 16 MiB. */
  readonly outputLimit?: number
  /** Called for each run that ended, successful or not. Default: none. */
  readonly onReport?: (report: PluginReport) => void
}

/** The limits of one call. VERSION touches nothing: one plugin that hangs does not hold up a look at the host for a minute. */
export function limitsOf(
  { timeoutMs = 60_000, outputLimit = 16 * 1024 * 1024 }: PluginExecOptions,
  { operation }: Pick<PluginCall, 'operation'>,
): PluginLimits {
  return {
    timeoutMs: operation === 'VERSION' ? Math.min(timeoutMs, 5_000) : timeoutMs,
    outputLimit,
  }
}

/** How often a plugin that another program is just writing (ETXTBSY) is tried. */
export const busyAttempts = 6

/** The milliseconds between these attempts. */
export const busyPauseMs = 1000
