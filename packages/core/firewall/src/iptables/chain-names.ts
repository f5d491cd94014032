import { sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * The chains of table nat that belong to one container in one network alone: masquerading of bridge
 * and ptp, published ports of portmap, and portmap's older source NAT. Names are what the plugins
 * make of the SHA-512 of network and container id, 28 characters (plugins, pkg/utils and portmap).
 */
export function attachmentChains(network: string, containerId: string): readonly string[] {
  const hash = bytesToHex(sha512(utf8ToBytes(network + containerId)))
  return ['CNI-', 'CNI-DN-', 'CNI-SN-'].map((prefix) => `${prefix}${hash}`.slice(0, 28))
}
