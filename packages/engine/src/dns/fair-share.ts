/** A bound on what one client may ask while others ask, too. */
export interface FairShare {
  /** Whether a question of a client is answered now. `nowMs` goes forward. */
  admits(client: string, nowMs: number): boolean
}

/** The bounds of a share. */
export interface ShareBounds {
  /** The time that questions are counted over, in milliseconds. */
  readonly windowMs: number
  /** Questions of one client in that time, while there are others. */
  readonly most: number
  /** How long a client that was seen counts as another one, in milliseconds. */
  readonly seenMs: number
}

const usualBounds: ShareBounds = { windowMs: 50, most: 1000, seenMs: 2000 }

/**
 * A share of some 20,000 questions a second for each client while others ask, and all there is for one alone. Questions
 * beyond it are dropped before anything is read of it, which costs a third of an answer.
 */
export function newFairShare({ windowMs, most, seenMs }: ShareBounds = usualBounds): FairShare {
  let began = 0
  let counts = new Map<string, number>()
  let last = ''
  let crowdedUntil = 0
  return {
    admits(client, nowMs) {
      if (nowMs - began >= windowMs || nowMs < began) {
        began = nowMs
        counts = new Map()
      }
      if (client !== last) {
        if (last !== '') crowdedUntil = nowMs + seenMs
        last = client
      }
      const count = (counts.get(client) ?? 0) + 1
      counts.set(client, count)
      return count <= most || nowMs > crowdedUntil
    },
  }
}
