import { type CniError, ioError, noProgramError } from '@vethra/cni'
import { masqueradeTable } from '@vethra/firewall'
import { type Outcome, runProgram } from '@vethra/plugin-exec/programs'
import type { MasqueradeTable, RuleSets } from '@vethra/world'

/** Rule sets by the host's own iptables, whichever backend it has. */
export function iptablesRules(): RuleSets {
  return {
    async save(families = [4, 6]) {
      const texts = await Promise.all(families.map((family) => saved(programs[family])))
      return families.flatMap((family, index) => {
        const text = texts[index]
        return text === undefined ? [] : [{ family, text }]
      })
    },

    async restore(family, text) {
      const program = family === 4 ? 'iptables-restore' : 'ip6tables-restore'
      const outcome = await runProgram(program, ['--noflush', '--wait'], text)
      if (outcome === undefined) throw noProgramError(`cannot run ${program}`, 'Install iptables.')
      if (outcome.status !== 0) throw failed(program, outcome)
    },

    masquerading: nftMasquerading(),
  }
}

const programs = { 4: 'iptables-save', 6: 'ip6tables-save' } as const

async function saved(program: string): Promise<string | undefined> {
  const outcome = await runProgram(program, [], '')
  if (outcome === undefined || isUnsupported(outcome)) return undefined
  if (outcome.status !== 0) throw failed(program, outcome)
  return outcome.stdout
}

/** The tools end with status 1 for this and for missing rights alike, so only their words tell. */
function isUnsupported({ status, stderr }: Outcome): boolean {
  return status !== 0 && /does not exist|not supported|No such file or directory/i.test(stderr)
}

function failed(program: string, { status, stderr }: Outcome): CniError {
  return ioError(`${program} failed with status ${status}`, {
    details: stderr.trim(),
    hint: 'Run as root, and look with iptables-save whether other programs change the same chains.',
  })
}

/** The table of Go plugins that masquerade by nftables, by the host's own nft. */
function nftMasquerading(): MasqueradeTable {
  return {
    async list() {
      const ran = await runProgram('nft', ['-j', 'list', 'table', 'inet', masqueradeTable])
      return ran?.status === 0 ? ran.stdout : ''
    },

    async change(text) {
      const ran = await runProgram('nft', ['-f', '-'], text)
      if (ran === undefined) throw noProgramError('cannot run nft', 'Install nftables.')
      if (ran.status === 0) return
      throw ioError(`nft failed with status ${ran.status}`, {
        details: ran.stderr.trim(),
        hint: `Look at it: nft list table inet ${masqueradeTable}`,
      })
    },
  }
}
