import type { CniArgs, Operation } from '@vethra/spec'
import type { PluginExit } from './plugin-exit.ts'

/** One run of one plugin: what becomes its environment and standard input (SPEC 1.1.0, section 2, "Overview"). */
export interface PluginCall {
  /** The plugin's `type`: the name of the program. */
  readonly type: string
  /** `CNI_COMMAND`. */
  readonly operation: Operation
  /** `CNI_CONTAINERID`; empty where the operation has none. */
  readonly containerId: string
  /** `CNI_NETNS`; empty where the operation has none. */
  readonly netns: string
  /** `CNI_IFNAME`; empty where the operation has none. */
  readonly ifname: string
  /** `CNI_ARGS`. */
  readonly cniArgs: CniArgs
  /** The request configuration. */
  readonly stdin: string
  /** What the processes of this run are known by, in `VETHRA_NONCE`. Default: the variable is not set. */
  readonly nonce?: string
}

/** What runs a plugin: an executable, or a function in this process. */
export interface PluginRunner {
  /**
   * Runs the plugin to its end and returns what it printed on standard output. Throws the plugin's
   * own error as CniError; 100 when there is no such plugin, and then nothing has run; 104 when it
   * ran past its deadline or printed too much; 0 when it failed without saying why.
   */
  run(call: PluginCall): Promise<string>
}

/** What one run of a plugin was: for logs. */
export interface PluginReport extends PluginExit {
  readonly call: PluginCall
}
