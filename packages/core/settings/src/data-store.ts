import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The folder kept for one containerd, as nerdctl: the data root and 8 hex of the SHA-256 of its resolved address. */
export function dataStorePath(dataRoot: string, resolvedAddress: string): string {
  const address = resolvedAddress.replace(/^unix:\/\//, '')
  return `${dataRoot}/${bytesToHex(sha256(utf8ToBytes(address))).slice(0, 8)}`
}
