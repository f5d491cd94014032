import { masqueradeMark, masqueradeRemoval, ownerOf } from '@vethra/firewall'
import { isKnown } from '@vethra/ipam'
import type { Compared } from './compared.ts'
import { about, type Finding, finding } from './finding.ts'

/** Rules that bear the mark of an attachment that is not known, of iptables and of the table in which Go plugins masquerade. */
export function leftRuleFindings(host: Compared): readonly Finding[] {
  return [...ofIptables(host), ...ofNftables(host)].flatMap((each) => orphaned(each, host))
}

interface LeftRules {
  /** The mark that they bear, and the tool that they are of. */
  readonly name: string
  /** Absent where the mark tells of nobody. */
  readonly owner: { readonly network: string; readonly containerId: string } | undefined
  readonly evidence: readonly string[]
  /** The commands that remove them. */
  readonly fix: string
}

function ofIptables({ observed, byMark }: Compared): readonly LeftRules[] {
  return observed.firewall.flatMap(({ family, owned }) =>
    [...owned.values()]
      .filter(({ mark }) => !byMark.has(mark))
      .map((rules) => {
        const { mark, lines, published } = rules
        const sends = published.map(
          ({ protocol, hostPort, target }) =>
            `${protocol} port ${hostPort} still goes to ${target}`,
        )
        return {
          name: `${mark} (IPv${family})`,
          owner: ownerOf(rules),
          evidence: [...sends, ...(lines.length > 0 ? lines : [`chain ${mark} is empty`])],
          fix: removalOf(mark, lines, family),
        }
      }),
  )
}

function removalOf(mark: string, lines: readonly string[], family: 4 | 6): string {
  const program = `${family === 4 ? 'iptables' : 'ip6tables'} -t nat`
  const jumps = lines.filter((line) => !line.startsWith(`-A ${mark} `))
  const commands = [...jumps.map((line) => `-D ${line.slice(3)}`), `-F ${mark}`, `-X ${mark}`]
  return commands.map((each) => `${program} ${each}`).join(' && ')
}

function ofNftables({ observed }: Compared): readonly LeftRules[] {
  const { masquerades = [], attachments } = observed
  if (masquerades.length === 0) return []
  const known = new Set(attachments.map(masqueradeMark))
  const left = Map.groupBy(masquerades, ({ mark }) => mark)
  return [...left].flatMap(([mark, rules]) =>
    known.has(mark)
      ? []
      : {
          name: `${mark} (nftables)`,
          owner: rules[0]?.claim,
          evidence: rules.map(({ address, comment }) => `${address} is masqueraded: ${comment}`),
          fix: rules.map(masqueradeRemoval).join(' && '),
        },
  )
}

// Repaired where their container was ours. nerdctl leaves those of one that it stops until it starts or removes it.
function orphaned(
  { name, owner, evidence, fix }: LeftRules,
  { observed: { signs }, ourContainers }: Compared,
): Finding | readonly [] {
  const { containerId = '', network } = owner ?? {}
  const isOurs = ourContainers.has(containerId)
  if (!isOurs && isKnown(containerId, signs.known)) return []
  const whose = owner
    ? `container ${containerId} in network ${network}`
    : 'a container that is not known'
  return finding('rules-left', about('rules', name), {
    message: `orphaned firewall rules of ${whose}, which is not attached`,
    evidence,
    ...(owner && isOurs
      ? { repair: { kind: 'remove-rules', ...owner } }
      : { severity: 'warning', fix }),
  })
}
