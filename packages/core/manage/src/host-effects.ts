/** What is asked of the host itself, and done to it. */
export interface HostEffects {
  /** The prefixes that its addresses and its routes, but default ones, use. */
  hostPrefixes(): Promise<readonly UsedByHost[]>
  /** The MTU of its default route; undefined without one. */
  defaultRouteMtu(): Promise<number | undefined>
  /** Deletes an interface; false when there is none. Throws CniError 5 when it cannot be deleted. */
  deleteLink(name: string): Promise<boolean>
}

/** A prefix that the host already uses. */
export interface UsedByHost {
  readonly source: 'address' | 'route'
  /** `192.0.2.2/24`: host bits stand as they are. */
  readonly prefix: string
  /** The interface; empty for a route that leads to none, such as a blackhole. */
  readonly interface: string
}
