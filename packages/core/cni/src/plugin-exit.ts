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
