import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The chains of table nat of one container in one network alone: of bridge, ptp and portmap, by SHA-512 (plugins, pkg/utils). */
export function attachmentChains(network: string, containerId: string): readonly string[] {
  const hash = bytesToHex(sha512(utf8ToBytes(network + containerId)))
  return ['CNI-', 'CNI-DN-', 'CNI-SN-'].map((prefix) => `${prefix}${hash}`.slice(0, 28))
}
