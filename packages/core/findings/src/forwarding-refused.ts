import { type DroppingRule, type FilterTable, passMark } from '@vethra/firewall'
import { about, type Finding, finding } from './finding.ts'
import { markingPriority, type Sent } from './sent-packets.ts'
import { nftWord, shellWord } from './shell-word.ts'

/** The finding that the policy of a chain refuses networks, with the rules that its owner must add. */
export function forwardingRefused(
  table: FilterTable,
  chain: string,
  packets: readonly (DroppingRule & Sent)[],
): Finding {
  const { program, name } = table
  const { priority = 0 } = table.chains.get(chain) ?? {}
  const due = packets.filter((each) => !(program !== 'nft' && isSeenTo(program, each)))
  const isSure = due.every((each) => each.isSure)
  const of = `chain ${chain} of table ${name} (${program})`
  const networks = [...new Set(due.map(({ network }) => network))].join(', ')
  const rules = new Set(
    due.map((each) =>
      program === 'nft'
        ? `nft insert rule ${name} ${chain} ${nftRule(each, priority)} accept`
        : `${program} -I ${chain} ${iptablesRule(each)} -j ACCEPT`,
    ),
  )
  return finding('forwarding-refused', about('host', of), {
    severity: isSure ? 'error' : 'warning',
    message: `${of} drops what no rule accepts, and none ${isSure ? '' : 'surely '}accepts network ${networks}`,
    evidence: due.length === 0 ? [] : [`its policy is drop, its priority ${priority}`],
    fix: [...rules].join(' && '),
  })
}

// An ADD puts rules into iptables itself: where these are missing, it is a finding of its own.
function isSeenTo(program: string, { marks, packet }: Sent): boolean {
  return marks || (packet.admitted && !program.includes('-'))
}

function nftRule({ marks, way, packet }: Sent, priority: number): string {
  const mark = `0x${passMark.toString(16).padStart(8, '0')}`
  if (marks && priority > markingPriority) return `'meta mark & ${mark} == ${mark}'`
  if (way === 'in') return 'ct state established,related'
  const bridge = nftWord(packet.bridge)
  return way === 'out' ? `iifname ${bridge}` : `oifname ${bridge} ct status dnat`
}

function iptablesRule({ way, packet }: Sent): string {
  const bridge = shellWord(packet.bridge)
  if (way === 'out') return `-i ${bridge}`
  return `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED,DNAT`
}
