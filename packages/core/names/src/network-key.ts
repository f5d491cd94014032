import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The key of a network by name, short id or id: the first 12 hex of its id, the SHA-256 of its name (nerdctl). */
export function networkKey(ref: string): string {
  return isNetworkId(ref) ? ref.slice(0, 12) : bytesToHex(sha256(utf8ToBytes(ref))).slice(0, 12)
}

/** Whether a reference is an id, short or long, rather than a name. */
export function isNetworkId(ref: string): boolean {
  return /^([0-9a-f]{12}|[0-9a-f]{64})$/.test(ref)
}
