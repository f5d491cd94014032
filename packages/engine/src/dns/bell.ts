/** A signal that loops await; a ring is kept until it is silenced. */
export interface Bell {
  ring(): void
  /** Resolves when it rings; at once where it has rung and was not silenced since. */
  rung(): Promise<void>
  silence(): void
}

/** A bell that has not rung. */
export function newBell(): Bell {
  let { promise, resolve } = Promise.withResolvers<void>()
  return {
    ring: () => resolve(),
    rung: () => promise,
    silence: () => {
      ;({ promise, resolve } = Promise.withResolvers<void>())
    },
  }
}

/** The signal by which the loops of a resolver stop. */
export interface End {
  readonly reached: Promise<void>
  isReached(): boolean
  reach(): void
}

/** An end that has not come. */
export function newEnd(): End {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isReached = false
  return {
    reached: promise,
    isReached: () => isReached,
    reach: () => {
      isReached = true
      resolve()
    },
  }
}
