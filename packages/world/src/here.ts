import type { GivenSettings, ResolvedSettings } from '@vethra/settings'
import type { Lists, World } from './world.ts'

/** The host that an app runs on: its settings, and the world that they make. */
export interface Here {
  /** The settings that hold. Throws CniError 103 for those that are wrong. */
  settings(flags: GivenSettings, defaultDataRoot?: string): Promise<ResolvedSettings>
  /** The world by settings. Nothing is touched before a port is called. */
  world(resolved: ResolvedSettings, hearer: Hearer): Promise<World>
  /** The part of that world that lists networks and containers, which is less to load. */
  lists(resolved: ResolvedSettings, hearer: Hearer): Promise<Lists>
}

/** Gets the reports of a world. */
export interface Hearer {
  /** A line of a plugin, or at debug level of a step or a plugin's run. */
  readonly onLine: (line: string) => void
  /** A fault that ends nothing. */
  readonly onFault: (fault: unknown) => void
}
