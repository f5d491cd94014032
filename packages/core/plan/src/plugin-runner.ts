import type { PluginCall, PluginExit } from '@vethra/cni'

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
