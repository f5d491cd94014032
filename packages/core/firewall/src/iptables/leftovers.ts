import { attachmentChains } from './chain-names.ts'
import { chainOf, namesInterface, parseRules, type RuleTable, removal, targetOf } from './rules.ts'

/** The removal of one attachment's rules, for `iptables-restore --noflush`; empty for none. Rules found by address alone stay. */
export function attachmentLeftovers(saved: string, network: string, containerId: string): string {
  return chainLeftovers(saved, attachmentChains(network, containerId))
}

/** The removal of chains of an attachment and of the jumps to them, for `iptables-restore --noflush`; empty for none. */
export function chainLeftovers(saved: string, own: readonly string[]): string {
  // Nearly always the plugins have left nothing, and a thousand containers have thousands of rules.
  if (!own.some((chain) => saved.includes(chain))) return ''
  return removals(saved, (table) => {
    const chains = table.chains.filter((chain) => own.includes(chain))
    return { chains, rules: jumps(table, chains) }
  })
}

/** The removal of rules by which the Go plugin `firewall` admits addresses, `10.4.0.2/24`: by address, as it does. Empty for none. */
export function admittingLeftovers(saved: string, addresses: readonly string[]): string {
  const ends = addresses.flatMap((each) => {
    const [address = ''] = each.split('/')
    const whole = `${address}/${address.includes(':') ? 128 : 32}`
    return [
      `-A CNI-FORWARD -s ${whole} -j ACCEPT`,
      `-A CNI-FORWARD -d ${whole} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    ]
  })
  return removals(saved, ({ rules }) => ({
    chains: [],
    rules: rules.filter((rule) => ends.includes(rule)),
  }))
}

/** The removal of the rules of one network alone: the firewall plugin's isolation of its bridge, which no DEL removes. */
export function networkLeftovers(saved: string, bridge: string): string {
  return removals(saved, ({ rules }) => ({
    chains: [],
    rules: rules.filter((rule) => isolation.has(chainOf(rule)) && namesInterface(rule, bridge)),
  }))
}

/** The removal of shared chains after the last network, where they hold only rules of first use; an administrator's rule keeps them. */
export function sharedLeftovers(saved: string): string {
  return removals(saved, (table) => {
    const chains = sharedGroups.flatMap((group) => unused(table, group))
    return { chains, rules: jumps(table, chains) }
  })
}

const isolation = new Set(['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2'])

// Each group stands or falls together. A rule of these chains with one of the targets is the group's
// own furniture; every other rule means that somebody needs the chain.
const sharedGroups: readonly {
  readonly chains: readonly string[]
  readonly furniture: readonly string[]
}[] = [
  {
    chains: ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-SETMARK', 'CNI-HOSTPORT-MASQ', 'CNI-HOSTPORT-SNAT'],
    furniture: ['MARK', 'MASQUERADE'],
  },
  { chains: ['CNI-FORWARD', 'CNI-ADMIN'], furniture: ['CNI-ADMIN'] },
  { chains: [...isolation], furniture: ['RETURN'] },
]

function unused(
  table: RuleTable,
  { chains, furniture }: (typeof sharedGroups)[number],
): readonly string[] {
  const present = table.chains.filter((chain) => chains.includes(chain))
  const inside = table.rules.filter((rule) => present.includes(chainOf(rule)))
  const needed = inside.some((rule) => !furniture.includes(targetOf(rule)))
  const base = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING', ...present]
  const referenced = jumps(table, present).some((rule) => !base.includes(chainOf(rule)))
  return needed || referenced ? [] : present
}

function jumps(table: RuleTable, chains: readonly string[]): readonly string[] {
  return table.rules.filter((rule) => chains.includes(targetOf(rule)))
}

function removals(
  saved: string,
  find: (table: RuleTable) => { chains: readonly string[]; rules: readonly string[] },
): string {
  return parseRules(saved)
    .map((table) => {
      const { chains, rules } = find(table)
      return removal(table, rules, chains)
    })
    .join('')
}
