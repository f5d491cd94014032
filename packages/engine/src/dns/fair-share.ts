/** A bound on what one client may ask while others ask, too, and wait. */
export interface FairShare {
  /** Whether a question is answered now. */
  admits(asked: AskedOnce): boolean
}

/** A question of a client. */
interface AskedOnce {
  readonly asker: string
  /** Whether questions wait longer than they should. */
  readonly isBehind: boolean
  /** Goes forward. */
  readonly nowMs: number
}

interface ShareBounds {
  /** The time that questions are counted over, in milliseconds. */
  readonly windowMs: number
  /** Questions of one client in that time, while others wait for it. */
  readonly most: number
  /** How long a client that was seen counts as another one, in milliseconds. */
  readonly seenMs: number
  /** How long it holds after questions had to wait, in milliseconds. */
  readonly behindMs: number
}

const usualBounds: ShareBounds = { windowMs: 10, most: 50, seenMs: 2000, behindMs: 5000 }

/** A share of 5,000 questions a second for each client while others wait. Excess is dropped unread; `onExcess` gets its sender once a window. */
export function newFairShare(
  onExcess: (asker: string) => void,
  bounds: ShareBounds = usualBounds,
): FairShare {
  const { windowMs, most, seenMs, behindMs } = bounds
  let began = 0
  let counts = new Map<string, number>()
  const excessive = new Set<string>()
  let last = ''
  let crowdedUntil = 0
  let behindUntil = 0
  return {
    admits({ asker, isBehind, nowMs }) {
      if (nowMs - began >= windowMs || nowMs < began) {
        began = nowMs
        counts = new Map()
        excessive.clear()
      }
      if (asker !== last) {
        if (last !== '') crowdedUntil = nowMs + seenMs
        last = asker
      }
      if (isBehind) behindUntil = nowMs + behindMs
      const count = (counts.get(asker) ?? 0) + 1
      counts.set(asker, count)
      if (count <= most || nowMs > crowdedUntil || nowMs > behindUntil) return true
      if (!excessive.has(asker)) onExcess(asker)
      excessive.add(asker)
      return false
    },
  }
}
