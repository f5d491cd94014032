import { dnsType } from './numbers.ts'
import { recordSpans, viewOf } from './record-spans.ts'

/** The TTL that a stale answer has, in seconds (RFC 8767, section 4). */
const staleSeconds = 30

/** A message whose TTLs are lower by the seconds since it came, down to 0. Throws CniError 6 when it is malformed. */
export function ageAnswer(octets: Uint8Array, seconds: number): Uint8Array {
  return withTtls(octets, (ttl) => Math.max(0, ttl - seconds))
}

/** A message that has outlived its TTLs, for when upstream is down: each is 30 (RFC 8767, section 4). */
export function staleAnswer(octets: Uint8Array): Uint8Array {
  return withTtls(octets, () => staleSeconds)
}

function withTtls(octets: Uint8Array, change: (ttl: number) => number): Uint8Array {
  const changed = new Uint8Array(octets)
  const view = viewOf(changed)
  for (const { type, typeAt } of recordSpans(octets)) {
    if (type === dnsType.OPT) continue
    const ttl = view.getUint32(typeAt + 4)
    view.setUint32(typeAt + 4, change(ttl > 0x7fffffff ? 0 : ttl))
  }
  return changed
}
