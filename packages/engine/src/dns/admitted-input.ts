import { type CniError, onCniError } from '@vethra/cni'
import type { SavedRules } from '@vethra/firewall'
import type { World } from '@vethra/world'
import { changeRules } from '../change-rules.ts'
import type { ServedNetwork } from './served-networks.ts'

/** The rules in chain INPUT of iptables that let questions in. */
interface InputRules {
  /** The networks that rules are there for; undefined while nothing is known. */
  networks(): readonly ServedNetwork[] | undefined
  /** Removes the rules of all but these of `networks()`. The first time, rules that a killed resolver left are found, too. */
  keep(networks: readonly ServedNetwork[]): Promise<void>
  /** Adds rules for these networks. */
  admit(networks: readonly ServedNetwork[]): Promise<void>
}

/** The parts that chain INPUT is changed with. */
export interface InputTools extends Pick<World, 'rules'> {
  readonly onReport: (fault: CniError) => void
}

/** Rules of which nothing is known yet. A failure is reported, and ends nothing. */
export function newInputRules(tools: InputTools): InputRules {
  let admitted: readonly ServedNetwork[] | undefined
  return {
    networks: () => admitted,
    async keep(networks) {
      // Of those that are admitted: none has gone, and two programs need not run.
      if (admitted?.length === networks.length) return
      let isAny = false
      await changeInput(tools, (saved) => {
        isAny ||= hasOurs(saved)
        return excessInput(saved, rulesOf(networks, saved))
      })
      admitted = isAny ? networks : []
    },
    async admit(networks) {
      const files = new Set(networks.map(({ file }) => file))
      admitted = [...(admitted ?? []).filter(({ file }) => !files.has(file)), ...networks]
      await changeInput(tools, (saved) => missingInput(saved, rulesOf(networks, saved)))
    },
  }
}

function rulesOf(networks: readonly ServedNetwork[], { family }: SavedRules): readonly string[] {
  return networks.flatMap((each) => inputRules(each, family))
}

async function changeInput(
  { rules, onReport }: InputTools,
  textOf: (saved: SavedRules) => string,
): Promise<void> {
  await changeRules(rules, textOf).catch(onCniError(onReport))
}

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
