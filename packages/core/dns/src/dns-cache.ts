/** Answers of upstream, the least recently used first. The functions of this file alone change it. */
interface DnsCache {
  readonly entries: Map<string, CachedAnswer>
  readonly mostEntries: number
  readonly mostOctets: number
  /** How many octets the answers and their keys have. */
  octets: number
}

interface CachedAnswer {
  readonly octets: Uint8Array
  /** When it came, in seconds of any clock that goes forward. */
  readonly atSeconds: number
  /** How long it is fresh. */
  readonly ttlSeconds: number
}

/** An answer that was found. */
export interface FoundAnswer {
  /** A stale one serves when upstream does not answer (RFC 8767). */
  readonly kind: 'fresh' | 'stale'
  readonly octets: Uint8Array
  readonly ageSeconds: number
}

// What an entry takes beside its octets, by a rough measure.
const overhead = 200

/** An empty cache with its bounds. */
export function makeDnsCache(mostEntries: number, mostOctets: number): DnsCache {
  return { entries: new Map(), mostEntries, mostOctets, octets: 0 }
}

/** Keeps an answer under its key, in place of an earlier one; those not used for longest make room. */
export function keepAnswer(cache: DnsCache, key: string, answer: CachedAnswer): void {
  forget(cache, key)
  cache.entries.set(key, answer)
  cache.octets += sizeOf(key, answer)
  for (const oldest of cache.entries.keys()) {
    if (cache.entries.size <= cache.mostEntries && cache.octets <= cache.mostOctets) return
    forget(cache, oldest)
  }
}

/** The answer under a key, fresh or stale by now; undefined when there is none. */
export function findAnswer(
  cache: DnsCache,
  key: string,
  nowSeconds: number,
): FoundAnswer | undefined {
  const answer = cache.entries.get(key)
  if (!answer) return undefined
  cache.entries.delete(key)
  cache.entries.set(key, answer)
  const ageSeconds = Math.max(0, Math.floor(nowSeconds - answer.atSeconds))
  const kind = ageSeconds < answer.ttlSeconds ? 'fresh' : 'stale'
  return { kind, octets: answer.octets, ageSeconds }
}

function forget(cache: DnsCache, key: string): void {
  const answer = cache.entries.get(key)
  if (!answer) return
  cache.entries.delete(key)
  cache.octets -= sizeOf(key, answer)
}

function sizeOf(key: string, { octets }: CachedAnswer): number {
  return key.length + octets.length + overhead
}
