/** A timer that rings once, at the earliest of the times that it is set to. */
export interface Alarm {
  /** Rings in so many milliseconds, unless it rings before. */
  set(inMs: number): void
  /** Does not ring until it is set again. */
  clear(): void
}

/** An alarm that is not set. */
export function newAlarm(nowMs: () => number, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined
  let at = Number.POSITIVE_INFINITY
  const clear = () => {
    clearTimeout(timer)
    at = Number.POSITIVE_INFINITY
  }
  return {
    set(inMs) {
      if (nowMs() + inMs >= at) return
      clear()
      at = nowMs() + inMs
      timer = setTimeout(() => {
        at = Number.POSITIVE_INFINITY
        ring()
      }, inMs)
    },
    clear,
  }
}
