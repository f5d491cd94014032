/** How a plugin's process ended. */
export interface PluginRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A plugin to be tested, and the means to do so. Made for each case. */
export interface PluginSubject {
  /** Runs the plugin once, with these variables and no others beside PATH, and this on standard input. */
  run(env: Readonly<Record<string, string>>, stdin: string): Promise<PluginRun>
  /** A network namespace that is not the one in which the plugin runs; it may be changed. */
  readonly netns: string
  /** The namespace in which the plugin runs. */
  readonly ownNetns: string
  close(): Promise<void>
}

/** Makes a subject. */
export type OpenPlugin = () => Promise<PluginSubject>

/** The known facts about a plugin. */
export interface PluginTraits {
  /** Keys, beside name and version, of a configuration with which it works. Default: none. */
  readonly conf?: Readonly<Record<string, unknown>>
  /** Whether it reads the result of the plugin before it. Default: false. */
  readonly chained?: boolean
  /** Whether it looks into CNI_ARGS. Default: false. */
  readonly readsArgs?: boolean
  /** Cases that it does not pass, by title, each with the reason, which the run prints. Default: none. */
  readonly skip?: Readonly<Record<string, string>>
}
