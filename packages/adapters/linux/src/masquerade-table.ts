import { ioError, noProgramError } from '@vethra/cni'
import { masqueradeTable } from '@vethra/firewall'
import { runProgram } from '@vethra/plugin-exec/programs'
import type { MasqueradeTable } from '@vethra/world'

/** The table of Go plugins that masquerade by nftables, by the host's own nft. */
export function nftMasquerading(): MasqueradeTable {
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
