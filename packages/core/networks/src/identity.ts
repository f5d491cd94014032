import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { usageError } from '@vethra/cni'

/** The name of the default network. */
export const defaultNetworkName = 'bridge'

/** The label that marks the default network, whatever its value (nerdctl). */
export const defaultNetworkLabel = 'nerdctl/default-network'

/** The key of a network's id: nerdctl lists, uses and removes it. */
export const nerdctlKey = 'nerdctlID'

/** The key of the id of a network that nerdctl lists and uses, and refuses to remove: one without an id of its own. */
export const ownKey = 'vethraID'

/** The id of a network: its name's SHA-256 in lower-case hex, as nerdctl has it. */
export function networkId(name: string): string {
  return bytesToHex(sha256(utf8ToBytes(name)))
}

/** A network's bridge: `nerdctl0` or `br-` and 12 hex of its id; with a namespace, one that its namesake does not have. */
export function bridgeName(name: string, namespace?: string): string {
  if (namespace !== undefined) return `br-${networkId(`${namespace}/${name}`).slice(0, 12)}`
  return name === defaultNetworkName ? 'nerdctl0' : `br-${networkId(name).slice(0, 12)}`
}

/** Throws CniError 103, with nerdctl's texts, unless a network may have this name: no mode, at most 128 octets. */
export function checkName(name: string): void {
  const fault = nameFault(name)
  if (fault) {
    throw usageError(
      `invalid network name: ${fault}`,
      isMode(name)
        ? 'Choose another name.'
        : 'Use 2 to 128 letters, digits, dots, dashes and underscores, a letter or digit first.',
    )
  }
}

const isMode = (name: string): boolean => name === 'host' || name === 'none'

// A mode with a prefix, "ns:/path" or "container:ID", fails by its colon.
function nameFault(name: string): string | undefined {
  if (name === '') return 'identifier must not be empty invalid argument'
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    const shown = JSON.stringify(name.slice(0, 64))
    return `identifier ${shown} must match pattern "[a-zA-Z0-9][a-zA-Z0-9_.-]": invalid argument`
  }
  if (isMode(name)) return `"${name}" is a network mode`
  return name.length > 128 ? `it has ${name.length} octets` : undefined
}
