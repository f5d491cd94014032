import type { PluginCall, PluginExit } from '@vethra/cni'

/** Runs a plugin: an executable, or a function in this process. */
export interface PluginRunner {
  /**
   * Runs the plugin to its end and returns what it printed on standard output. Throws the plugin's
   * own error as CniError; 100 when there is no such plugin, and then nothing has run; 104 when it
   * timed out or printed too much; 0 when it failed without an error.
   */
  run(call: PluginCall): Promise<string>
}

/** The report of one run of a plugin, for logs. */
export interface PluginReport extends PluginExit {
  readonly call: PluginCall
}
