import type { Operation, ParsedResult, PluginCall, PluginExit } from '@vethra/cni'

/** Runs a plugin: an executable, or a function in this process. */
export interface PluginRunner {
  /** Runs the plugin; returns its standard output. Throws its error; 100 when missing, 104 for time or size, 0 without an error of its own. */
  run(call: PluginCall): Promise<string>
  /** Runs plugins in this process; returns ADD's result, else nothing. Throws CniError, an ADD undone. Absent without a kernel. */
  stage?(call: StageCall): Promise<ParsedResult | undefined>
}

/** One operation of neighbours in a chain that are planned in this process. */
export interface StageCall {
  readonly operation: Operation
  /** In the list's order; at least one. */
  readonly calls: readonly PluginCall[]
  /** The JSON text of the result before: of the plugin before for ADD, of the whole ADD for what comes after it. */
  readonly previous?: string
  /** The call of the first plugin's IPAM plugin, where that is a program. */
  readonly ipam?: PluginCall
}

/** The report of one run of a plugin, for logs. */
export interface PluginReport extends PluginExit {
  readonly call: PluginCall
}
