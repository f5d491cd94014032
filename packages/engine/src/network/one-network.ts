import { type CniError, inUseError, notFoundError } from '@vethra/cni'
import { findNetworks, modeNetwork, type Network } from '@vethra/networks'
import type { ConfDir } from '@vethra/world'
import { knownNetworks } from './known-networks.ts'

/** The network of a name, an id or its start; undefined for none. Throws CniError 101 for several, 102 for a name defined twice. */
export function oneNetwork(networks: readonly Network[], ref: string): Network | undefined {
  const found = findNetworks(networks, ref)
  const [first, second] = found
  if (second === undefined) return first
  if (second.name === ref) throw namesakes(ref, found)
  throw notFoundError(
    `multiple IDs found with provided prefix: ${ref}`,
    'Give more of the id, or the name.',
  )
}

/** The references that mean no network, and no mode such as host. Throws as `oneNetwork`. */
export async function missingNetworks(
  { networks }: { readonly networks: Pick<ConfDir, 'list'> },
  refs: readonly string[],
): Promise<readonly string[]> {
  const known = await knownNetworks(networks)
  return refs.filter((ref) => (oneNetwork(known, ref) ?? modeNetwork(ref)) === undefined)
}

function namesakes(name: string, networks: readonly Network[]): CniError {
  const files = networks.map(({ file }) => file)
  return inUseError(
    `network ${name} is defined by ${files.length} files: ${files.join(', ')}`,
    `Remove all but one of them, or give the others another "name": containers get that of ${files[0]}.`,
  )
}

/** The CniError for networks that are not there; files that cannot be used may be theirs. */
export function networksNotFound(
  refs: readonly string[],
  faults: readonly CniError[] = [],
): CniError {
  const broken = faults.map(({ message }) => message).join('; ')
  return notFoundError(`no network found matching: ${refs.join(', ')}`, {
    ...(broken === '' ? {} : { details: broken }),
    hint: 'List the networks with "vethra network ls".',
  })
}
