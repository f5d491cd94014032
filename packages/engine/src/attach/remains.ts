import { CniError } from '@vethra/cni'
import type { Membership } from '@vethra/container'

/** The CniError 106 for attachments that are forgotten though not all of them could be undone. */
export function remains(
  memberships: readonly Pick<Membership, 'network' | 'attachment'>[],
  cause: unknown,
): CniError {
  const interfaces = memberships.map(
    ({ network, attachment }) => `${attachment.ifname} in network ${network}`,
  )
  const id = memberships[0]?.attachment.containerId ?? ''
  return new CniError({
    code: 106,
    message: `removed the record of container ${id} (${interfaces.join(', ')}): resources of its plugins may remain`,
    hint: `Look for it with "vethra doctor", and by the container's id: iptables-save | grep ${id}`,
    cause,
  })
}
