import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * The folder of everything that is kept for one containerd, as nerdctl computes it: the data root and
 * the first 8 hex digits of the SHA-256 of the address. The caller has resolved the symbolic links of
 * the address; a leading `unix://` is dropped here.
 */
export function dataStorePath(dataRoot: string, resolvedAddress: string): string {
  const address = resolvedAddress.replace(/^unix:\/\//, '')
  return `${dataRoot}/${bytesToHex(sha256(utf8ToBytes(address))).slice(0, 8)}`
}
