import type { AttachmentKey } from '@vethra/cni'
import { marksOf, readFirewall } from './read-firewall.ts'
import type { SavedRules } from './rule-lines.ts'
import { targetOf } from './rules.ts'

/** The rules of bridge and ptp that masquerade attachments, for `iptables-restore --noflush` (SetupIPMasqForNetworks); empty for none missing. */
export function masqueradingRules(
  saved: SavedRules,
  attachments: readonly MasqueradedAttachment[],
): string {
  const { owned } = readFirewall(saved)
  // The interfaces that a container has in one network share a chain.
  const groups = Map.groupBy(
    attachments,
    ({ network, containerId }) => marksOf(network, containerId).masquerading,
  )
  const lines = [...groups].flatMap(([mark, group]) => {
    const addresses = group.flatMap((each) => ofFamily(each, saved.family))
    const there = owned.get(mark)
    const missing = addresses.filter(({ host }) => !there?.masqueraded.includes(host))
    return missing.length === 0 ? [] : rulesFor(mark, missing, there?.lines)
  })
  return lines.length === 0 ? '' : ['*nat', ...lines, 'COMMIT\n'].join('\n')
}

interface Host {
  readonly host: string
  readonly prefix: string
  readonly comment: string
}

function ofFamily(
  { addresses, network, containerId }: MasqueradedAttachment,
  family: 4 | 6,
): readonly Host[] {
  const comment = `-m comment --comment "name: \\"${network}\\" id: \\"${containerId}\\""`
  return addresses
    .filter((each) => each.includes(':') === (family === 6))
    .map((prefix) => ({ host: prefix.split('/')[0] ?? '', prefix, comment }))
}

function rulesFor(
  mark: string,
  addresses: readonly Host[],
  present: readonly string[] | undefined,
): readonly string[] {
  const inside = (present ?? []).filter((line) => line.startsWith(`-A ${mark} `))
  const whole = inside.some((line) => targetOf(line) === 'MASQUERADE')
  const jumps = (present ?? []).filter((line) => line.startsWith('-A POSTROUTING '))
  return [
    ...(present === undefined ? [`:${mark} - [0:0]`] : []),
    ...(whole ? [] : chainRules(mark, addresses)),
    ...(whole ? addresses.map((each) => `-I ${mark} 1 ${within(each)}`) : []),
    ...addresses
      .filter(({ host }) => !jumps.some((line) => line.includes(` -s ${host}/`)))
      .map(
        ({ host, comment }) =>
          `-A POSTROUTING -s ${host}/${host.includes(':') ? 128 : 32} ${comment} -j ${mark}`,
      ),
  ]
}

function chainRules(mark: string, addresses: readonly Host[]): readonly string[] {
  const [first] = addresses
  const multicast = first?.host.includes(':') ? 'ff00::/8' : '224.0.0.0/4'
  return [
    `-F ${mark}`,
    ...addresses.map((each) => `-A ${mark} ${within(each)}`),
    `-A ${mark} ! -d ${multicast} ${first?.comment} -j MASQUERADE`,
  ]
}

// To its own subnet a container speaks under its own address.
function within({ prefix, comment }: Host): string {
  return `-d ${prefix} ${comment} -j ACCEPT`
}

/** An attachment whose traffic leaves under the host's address. */
export interface MasqueradedAttachment extends AttachmentKey {
  /** `10.4.1.2/24`. */
  readonly addresses: readonly string[]
  /** Whether nftables masquerades it, in the table of the Go plugins. Default false. */
  readonly byNft?: true
}
