import type { ResolvedSettings } from '@vethra/settings'
import type { Io } from '@vethra/world'
import type { ManageTools } from '../network/tools.ts'

/** A world in one namespace, and where its settings are from: hook lines carry those that were given. */
export interface PrepareTools extends ManageTools {
  readonly resolved: ResolvedSettings
}

/** The same, and who has called: what goes through all steps of preparing one bundle. */
export interface Preparing extends PrepareTools {
  readonly caller: Caller
}

/** The caller of `prepareBundle`: its environment, how the program is called, and who hears of warnings. */
export type Caller = Pick<Io, 'env' | 'program' | 'complain'>
