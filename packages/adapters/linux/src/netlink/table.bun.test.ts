import { execFileSync } from 'node:child_process'
import { tableText } from '@vethra/firewall'
import { expect, it } from 'vitest'

const program = `
import { openSocket } from '${import.meta.dirname}/netlink-socket.ts'
import { encodeNftBatch } from '@vethra/netlink'
import { makeTable } from '@vethra/firewall'
const socket = openSocket('netfilter')
for (const time of [1, 2]) {
  const { refusals } = socket.exchange(encodeNftBatch(makeTable()))
  if (refusals.length > 0) throw new Error(JSON.stringify(refusals))
}
socket.close()
`

function inHost(command: readonly string[], input: string): string {
  const list = '"$0" "$@" >/dev/null && nft list ruleset'
  const options = { input, encoding: 'utf8', cwd: import.meta.dirname } as const
  return execFileSync('unshare', ['-n', 'sh', '-c', list, ...command], options)
}

it('the table made twice over netlink is the one that nft(8) reads from its text', () => {
  const made = inHost([process.execPath, '-'], program)
  expect(made).toContain('table inet vethra')
  expect(made).toBe(inHost(['nft', '-f', '-'], tableText()))
})
