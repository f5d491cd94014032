import { type CniError, onCniError } from '@vethra/cni'
import type { SavedRules } from '@vethra/firewall'
import type { World } from '@vethra/world'
import { changeRules } from '../change-rules.ts'
import { excessInput, hasOurs, inputRules, missingInput } from './input-rules.ts'
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
