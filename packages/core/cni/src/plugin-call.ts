import type { CniArgs } from './attachment.ts'

/** The operation of a plugin: the value of `CNI_COMMAND` (SPEC 1.1.0, section 2, "CNI operations"). */
export type Operation = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION'

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
  /** The mark of this run's processes, in `VETHRA_NONCE`. Default: the variable is not set. */
  readonly nonce?: string
}

/** How a plugin's process ended. */
export interface PluginExit {
  /** The program that ran. */
  readonly path: string
  readonly stdout: string
  readonly stderr: string
  /** In the words of Go's os/exec, which libcni prints: `exit status 5`, `signal: killed`. */
  readonly status: string
  /** From start to end. */
  readonly elapsedMs: number
}
