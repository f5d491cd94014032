import { chainOf, optionOf, parseRules, targetOf } from './rules.ts'

/** Ports of the host that a firewall rule leads elsewhere. */
export interface ForwardedPorts {
  /** As the rule has it: `tcp`, `udp`, `sctp`, …; empty for every one. */
  readonly protocol: string
  /** The address that the rule is for, without its length when that is the whole; empty for every one of the family. */
  readonly address: string
  readonly first: number
  readonly last: number
  /** The chain of the rule, whose name often names its owner. */
  readonly chain: string
  /** Where it leads: `10.4.0.3:80`; empty when the rule does not say. */
  readonly to: string
}

/** The ports that rules of table nat take (DNAT, REDIRECT), in order; unreachable rules and chains in `except` do not count. */
export function forwardedPorts(
  saved: string,
  except: readonly string[] = [],
): readonly ForwardedPorts[] {
  const nat = parseRules(saved).filter(({ name }) => name === 'nat')
  return nat.flatMap(({ rules }) => portsAmong(rules, except))
}

/** As `forwardedPorts`, of the rules of one table nat. */
export function portsAmong(
  rules: readonly string[],
  except: readonly string[] = [],
): readonly ForwardedPorts[] {
  const live = reachable(rules)
  return rules
    .filter((rule) => ['DNAT', 'REDIRECT'].includes(targetOf(rule)))
    .filter((rule) => live.has(chainOf(rule)) && !except.includes(chainOf(rule)))
    .flatMap(portsOf)
}

function reachable(rules: readonly string[]): ReadonlySet<string> {
  const byChain = Map.groupBy(rules, chainOf)
  const live = new Set(['PREROUTING', 'OUTPUT'])
  // A set that grows while it is gone through: what is added is visited, too.
  for (const chain of live) for (const rule of byChain.get(chain) ?? []) live.add(targetOf(rule))
  return live
}

function portsOf(rule: string): readonly ForwardedPorts[] {
  const ports = optionOf(rule, '--dport') ?? optionOf(rule, '--dports') ?? ''
  return ports.split(',').flatMap((text) => {
    const [, low = '', high = low] = /^(\d+)(?::(\d+))?$/.exec(text) ?? []
    if (low === '') return []
    return [
      {
        protocol: optionOf(rule, '-p') ?? '',
        address: optionOf(rule, '-d')?.replace(/\/(32|128)$/, '') ?? '',
        first: Number(low),
        last: Number(high),
        chain: chainOf(rule),
        to: optionOf(rule, '--to-destination') ?? optionOf(rule, '--to-ports') ?? '',
      },
    ]
  })
}
