import { CniError } from '@vethra/spec'
import { type Outcome, run } from './run.ts'

/** The rules of the current network namespace. */
export interface RuleSets {
  /**
   * The rules of each family as iptables-save prints them, IPv4 first. A family without its program,
   * or without the kernel's support, has no entry; one without rules has an empty text or empty
   * chains. Throws CniError 5 when rules are there that cannot be read.
   */
  save(): Promise<readonly { readonly family: 4 | 6; readonly text: string }[]>
  /**
   * Applies lines in the form of iptables-save without flushing what is there, each table as a whole
   * or not at all. Throws CniError 5 with what the tool said, 100 when it is missing.
   */
  restore(family: 4 | 6, text: string): Promise<void>
}

/** Rule sets by the host's own iptables, whichever backend it has. */
export function iptablesRules(): RuleSets {
  return {
    async save() {
      const texts = await Promise.all([saved('iptables-save'), saved('ip6tables-save')])
      const entries = [
        { family: 4, text: texts[0] },
        { family: 6, text: texts[1] },
      ] as const
      return entries.flatMap(({ family, text }) => (text === undefined ? [] : [{ family, text }]))
    },

    async restore(family, text) {
      const program = family === 4 ? 'iptables-restore' : 'ip6tables-restore'
      const outcome = await run(program, ['--noflush', '--wait'], text)
      if (outcome === undefined) throw missing(program)
      if (outcome.status !== 0) throw failed(program, outcome)
    },
  }
}

async function saved(program: string): Promise<string | undefined> {
  const outcome = await run(program, [], '')
  if (outcome === undefined || isUnsupported(outcome)) return undefined
  if (outcome.status !== 0) throw failed(program, outcome)
  return outcome.stdout
}

/** The tools end with status 1 for this and for missing rights alike, so only their words tell. */
function isUnsupported({ status, stderr }: Outcome): boolean {
  return status !== 0 && /does not exist|not supported|No such file or directory/i.test(stderr)
}

function missing(program: string): CniError {
  return new CniError({
    code: 100,
    message: `cannot run ${program}`,
    hint: 'Install iptables.',
  })
}

function failed(program: string, { status, stderr }: Outcome): CniError {
  return new CniError({
    code: 5,
    message: `${program} failed with status ${status}`,
    details: stderr.trim(),
    hint: 'Run as root, and look with iptables-save whether other programs change the same chains.',
  })
}
