/** A signal that loops wait for; it stays set until it is cleared. */
interface Signal {
  set(): void
  /** Resolves when it is set; at once where it was set and not cleared since. */
  wait(): Promise<void>
  clear(): void
}

/** A signal that is not set. */
export function newSignal(): Signal {
  let { promise, resolve } = Promise.withResolvers<void>()
  return {
    set: () => resolve(),
    wait: () => promise,
    clear: () => {
      ;({ promise, resolve } = Promise.withResolvers<void>())
    },
  }
}

/** The order to stop, which the loops of a resolver obey. */
export interface Stop {
  readonly ordered: Promise<void>
  isOrdered(): boolean
  order(): void
}

/** A stop that was not ordered yet. */
export function newStop(): Stop {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isOrdered = false
  return {
    ordered: promise,
    isOrdered: () => isOrdered,
    order: () => {
      isOrdered = true
      resolve()
    },
  }
}
