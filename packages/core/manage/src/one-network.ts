import { findNetworks, type Network } from '@vethra/networks'
import { CniError } from '@vethra/spec'

/** The one network that a name, an id or the start of an id means; undefined when there is none. Throws CniError 101 when it could be several. */
export function oneNetwork(networks: readonly Network[], ref: string): Network | undefined {
  const [first, second] = findNetworks(networks, ref)
  if (second === undefined) return first
  throw new CniError({
    code: 101,
    message: `multiple IDs found with provided prefix: ${ref}`,
    hint: 'Give more of the id, or the name.',
  })
}

/** The CniError for networks that are not there; files that cannot be used may be theirs. */
export function networksNotFound(
  refs: readonly string[],
  faults: readonly CniError[] = [],
): CniError {
  const broken = faults.map(({ message }) => message).join('; ')
  return new CniError({
    code: 101,
    message: `no network found matching: ${refs.join(', ')}`,
    ...(broken === '' ? {} : { details: broken }),
    hint: 'List the networks with "vethra network ls".',
  })
}
