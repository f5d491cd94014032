import type { SavedRules } from '@vethra/firewall'
import type { ServedNetwork } from './served-networks.ts'

const comment = 'vethra dns'

/** Rules of chain INPUT that admit questions from a network's bridge to its addresses, as iptables-restore(8) reads them. */
export function inputRules({ bridge, addresses }: ServedNetwork, family: 4 | 6): readonly string[] {
  const own = addresses.filter((each) => each.includes(':') === (family === 6))
  const length = family === 4 ? 32 : 128
  return own.flatMap((address) =>
    ['udp', 'tcp'].map(
      (protocol) =>
        `INPUT -d ${address}/${length} -i ${bridge} -p ${protocol} -m ${protocol} --dport 53 -m comment --comment "${comment}" -j ACCEPT`,
    ),
  )
}

/** The text that inserts the rules which are missing, before all others; empty where none is, or the host has no such chain. */
export function missingInput(saved: SavedRules, wanted: readonly string[]): string {
  const { rules, hasInput } = readInput(saved)
  const missing = wanted.filter((each) => !rules.includes(each))
  return hasInput ? commands(missing.map((each) => `-I ${each}`)) : ''
}

/** The text that deletes our rules but those that are wanted; empty where there are none. */
export function excessInput(saved: SavedRules, wanted: readonly string[]): string {
  const ours = readInput(saved).rules.filter((each) => each.includes(`"${comment}"`))
  const excess = ours.filter((each) => !wanted.includes(each))
  return commands(excess.map((each) => `-D ${each}`))
}

/** Whether rules of ours are among those saved. */
export function hasOurs({ text }: SavedRules): boolean {
  return text.includes(`"${comment}"`)
}

function readInput({ text }: SavedRules): {
  readonly rules: readonly string[]
  readonly hasInput: boolean
} {
  const start = text.indexOf('*filter\n')
  const table = start < 0 ? '' : text.slice(start, text.indexOf('COMMIT', start))
  const lines = table.split('\n')
  return {
    rules: lines.filter((each) => each.startsWith('-A INPUT ')).map((each) => each.slice(3)),
    hasInput: lines.some((each) => each.startsWith(':INPUT ')),
  }
}

function commands(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['*filter', ...lines, 'COMMIT', ''].join('\n')
}
