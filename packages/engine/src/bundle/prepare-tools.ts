import type { Network } from '@vethra/networks'
import type { ResolvedSettings } from '@vethra/settings'
import type { Io } from '@vethra/world'
import type { ManageTools } from '../network/tools.ts'

/** A world in one namespace, and where its settings are from: hook lines carry those that were given. */
export interface PrepareTools extends ManageTools {
  readonly resolved: ResolvedSettings
}

/** `PrepareTools`, and the caller of `prepareBundle`. */
export interface CalledTools extends PrepareTools {
  readonly caller: Caller
}

/** The tools of all steps that prepare one bundle. */
export interface Preparing extends CalledTools {
  /** The networks of the namespace: read once, since a host may have hundreds. */
  readonly known: readonly Network[]
}

/** The caller of `prepareBundle`: its environment, how the program is called, and who hears of warnings. */
export type Caller = Pick<Io, 'env' | 'program' | 'complain'>
