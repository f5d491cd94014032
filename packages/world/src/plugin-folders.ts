import type { PluginRunner } from './plugin-runner.ts'

/** The folders that CNI plugins lie in. Failures are CniError 5. */
export interface PluginFolders {
  /** The path of this executable, which links of ours lead to. */
  readonly program: string
  /** The names in a folder, in order; empty where there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** The file at a path; undefined where there is none. */
  look(path: string): Promise<PluginFile | undefined>
  /** Runs the plugins of one folder. */
  runnerIn(folder: string): PluginRunner
  /** The package that owns a folder, as dpkg and rpm say; undefined where none does. */
  packageOf(folder: string): Promise<string | undefined>
  /** Makes a symbolic link, by rename: what was there under the name is replaced. Makes the folder where it is missing. */
  link(path: string, target: string): Promise<void>
}

/** A file in a folder of plugins. */
export interface PluginFile {
  /** `broken`: a symbolic link that leads nowhere. `own`: this executable, or a link to it. */
  readonly kind: 'own' | 'program' | 'broken' | 'other'
  /** The text of a symbolic link. */
  readonly target?: string
}
