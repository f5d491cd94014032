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

const flushed = `
import { execSync } from 'node:child_process'
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const kernel = netlinkKernel({ zoneRecords: '' })
const owner = { kind: 'network', network: 'lan' }
const to = { owner, resource: { kind: 'masquerade', subnet: '10.4.1.0/24' } }
const list = () => execSync('nft list table inet vethra', { encoding: 'utf8' })
const report = [await kernel.isTableWhole()]
await kernel.apply('', [{ kind: 'make', to }])
const before = list()
report.push(await kernel.isTableWhole())
const edited = 'replace rule inet vethra forward handle $(nft -a list chain inet vethra forward | grep -m1 goto | grep -o "[0-9]*$") drop'
const off = "add table inet vethra '{ flags dormant; }'"
const policy = "add chain inet vethra guard '{ policy drop; }'"
const hookless = 'flush chain inet vethra guard; nft delete chain inet vethra guard; nft add chain inet vethra guard'
for (const damage of [policy, hookless, 'flush table inet vethra', 'flush chain inet vethra to', edited, off, 'delete table inet vethra']) {
  execSync('nft ' + damage)
  report.push(await kernel.isTableWhole())
  await kernel.fillTable()
  report.push(await kernel.isTableWhole(), list() === before)
}
console.log(JSON.stringify(report))
`

it('a table whose chains are flushed or edited, or that is off, is seen, and is filled again with its elements in it', () => {
  const options = { input: flushed, encoding: 'utf8', cwd: import.meta.dirname } as const
  const said = execFileSync('unshare', ['-n', process.execPath, '-'], options)
  const filled = [false, true, true]
  // Elements of a table that is gone are the doctor's to make.
  expect(JSON.parse(said)).toEqual([
    ...[false, true, ...filled, ...filled, ...filled, ...filled, ...filled, ...filled],
    ...[false, true, false],
  ])
})

const conditional = `
import { execSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const kernel = netlinkKernel({ zoneRecords: '' })
const owner = { kind: 'attachment', network: 'lan', containerId: 'web', ifname: 'eth0' }
const port = { kind: 'publish', protocol: 'tcp', hostPort: 80, port: 80 }
const four = { ...port, address: '10.4.0.2', hostAddress: '0.0.0.0-9.255.255.255' }
const six = { ...port, address: 'fd00:4::2', hostAddress: 'fd00::/8', source: '::/0' }
const state = [
  { ...four, source: '0.0.0.0/0', from: '!eth0' },
  ...['eth*', 'br-1.2'].flatMap((from) => [{ ...four, source: '10.0.0.1', from }, { ...six, from }]),
].map((resource) => ({ owner, resource }))
const { failed } = await kernel.apply('', state.map((to) => ({ kind: 'make', to })))
const list = () => execSync('nft list ruleset', { encoding: 'utf8' })
const before = list()
execSync('nft flush ruleset')
execSync('nft -f -', { input: before })
const same = isDeepStrictEqual(await kernel.observe('', state), state)
console.log(JSON.stringify([failed === undefined, before.includes('"eth*"'), list() === before, same]))
`

it('ports with conditions are listed as nft(8) reads them again', () => {
  const options = { input: conditional, encoding: 'utf8', cwd: import.meta.dirname } as const
  const said = execFileSync('unshare', ['-n', process.execPath, '-'], options)
  expect(JSON.parse(said)).toEqual([true, true, true, true])
})

const planted = `
import { execSync } from 'node:child_process'
import { netlinkKernel } from '${import.meta.dirname}/kernel-in-bun.ts'
const kernel = netlinkKernel({ zoneRecords: '' })
const report = [await kernel.strange()]
const owner = { kind: 'network', network: 'lan' }
await kernel.apply('', [{ kind: 'make', to: { owner, resource: { kind: 'masquerade', subnet: '10.4.1.0/24' } } }])
report.push(await kernel.strange())
for (const each of [
  'insert rule inet vethra forward tcp dport 80 drop',
  'add rule inet vethra to counter',
  "add chain inet vethra mine '{ type filter hook forward priority 5; policy drop; }'",
  "add element inet vethra masq4 '{ 10.9.0.0/16 }'",
  "add element inet vethra p6 '{ tcp . 99 comment other : fd00::2 . 80 }'",
])
  execSync('nft ' + each)
const found = await kernel.strange()
report.push(found.map(({ refuses, element }) => [refuses, element?.set ?? '']), await kernel.isTableWhole())
for (const { deletion } of found) execSync("nft '" + deletion + "'")
report.push(await kernel.strange())
for (const comment of ['', 'made by vethra, 999']) {
  execSync("nft 'delete table inet vethra; add table inet vethra { comment \\"" + comment + "\\"; }'")
  report.push(await kernel.strange())
}
console.log(JSON.stringify(report))
`

it('what others put into the table is told apart, and goes with the words that are told', () => {
  const options = { input: planted, encoding: 'utf8', cwd: import.meta.dirname } as const
  const said = execFileSync('unshare', ['-n', process.execPath, '-'], options)
  const found = [
    ...[
      [true, ''],
      [false, ''],
      [true, ''],
    ],
    ...[
      [false, 'p6'],
      [false, 'masq4'],
    ],
  ]
  const whole = { deletion: 'delete table inet vethra', refuses: true }
  const foreign = ['', 'made by vethra, 999'].map((comment) => ({ ...whole, comment }))
  expect(JSON.parse(said)).toEqual([[], [], found, true, [], ...foreign.map((each) => [each])])
})

const churning = `
import { execSync, spawn } from 'node:child_process'
import { encodeRouteDump } from '@vethra/netlink'
import { openSession } from '${import.meta.dirname}/session.ts'
execSync('for i in $(seq 200); do echo link add d$i type bridge; done | ip -batch -')
const churn = spawn('sh', ['-c', 'while :; do ip link add c0 type bridge; ip link del c0; done'], { stdio: 'ignore' })
const session = openSession('')
const lists = []
for (const end = Date.now() + 3000; Date.now() < end; ) lists.push(session.routeMessages('host', [encodeRouteDump('links')]))
churn.kill('SIGKILL')
console.log(JSON.stringify([lists.some(({ interrupted }) => interrupted), lists.every(({ messages }) => messages.length > 200)]))
`

it('a listing in whose midst something changed is asked for again, until it is whole', () => {
  const options = { input: churning, encoding: 'utf8', cwd: import.meta.dirname } as const
  const said = execFileSync('unshare', ['-n', process.execPath, '-'], options)
  expect(JSON.parse(said)).toEqual([false, true])
})
