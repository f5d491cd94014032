// Many ADDs and DELs at once on fresh hosts, on one network and spread over eight, against the same
// chains called bare without any lock; and operations that are killed at random moments. scripts/soak
// runs it.

import {
  byBareChain,
  byVethra,
  makeMembers,
  makeNetworks,
  playRound,
  type Round,
  removeMembers,
  type Way,
} from '../e2e/cni-crowd.ts'
import { killAfter } from '../e2e/cni-kill.ts'
import { type Host, openHost } from '../e2e/host.ts'

const rounds = Number(process.env['VETHRA_SOAK_CNI_ROUNDS'] ?? 20)
const containers = Number(process.env['VETHRA_SOAK_CNI_CONTAINERS'] ?? 32)
const kills = Number(process.env['VETHRA_SOAK_CNI_KILLS'] ?? 60)

for (const networks of [1, 8]) await compare(networks)
for (const operation of ['add', 'del'] as const) {
  for (const gone of [false, true]) await killAndHeal(operation, gone)
}

async function compare(count: number): Promise<void> {
  const ours: Round[] = []
  const bare: Round[] = []
  for (let index = 0; index < rounds; index += 1) {
    // Who goes first changes, so that neither has the warmer machine.
    const turns = [
      async () => ours.push(await freshRound(count, async (host) => byVethra(host))),
      async () => bare.push(await freshRound(count, byBareChain)),
    ]
    for (const turn of index % 2 === 0 ? turns : turns.toReversed()) await turn()
    const faults = ours.at(-1)?.faults ?? []
    if (faults.length > 0)
      throw new Error(`round ${index + 1}, ${count} networks:\n${faults.join('\n')}`)
  }
  report(count, ours, bare)
}

async function freshRound(
  count: number,
  open: (host: Host, networks: readonly string[]) => Promise<Way>,
): Promise<Round> {
  const host = await openHost()
  try {
    const networks = await makeNetworks(host, count)
    const members = await makeMembers(host, containers, networks)
    const round = await playRound(host, members, await open(host, networks))
    await removeMembers(host, members)
    return round
  } finally {
    await host.close()
  }
}

function report(count: number, ours: readonly Round[], bare: readonly Round[]): void {
  const total = ({ addMs, delMs }: Round) => addMs + delMs
  const ratio = sum(ours.map(total)) / sum(bare.map(total))
  const seconds = (rows: readonly Round[], of: (row: Round) => number) =>
    (median(rows.map(of)) / 1000).toFixed(2)
  const line = (rows: readonly Round[]) =>
    `ADD ${seconds(rows, ({ addMs }) => addMs)} s, DEL ${seconds(rows, ({ delMs }) => delMs)} s, both ${seconds(rows, total)} s`
  console.log(
    [
      `${rounds} rounds of ${containers} containers at once, each on a fresh host, ${count} network(s) with same-bridge; medians`,
      `  vethra cni: ${line(ours)}; no failure, nothing twice, nothing left`,
      `  bare chain: ${line(bare)}; ${bare.flatMap(({ faults }) => faults).length} faults in ${bare.filter(({ faults }) => faults.length > 0).length} rounds`,
      `  total time of all rounds, vethra to bare: ×${ratio.toFixed(3)}`,
    ].join('\n'),
  )
}

async function killAndHeal(operation: 'add' | 'del', gone: boolean): Promise<void> {
  const host = await openHost()
  const netns = '/run/netns/killed'
  const vethra = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await host.vethra('cni', ...args, 'net0', netns)
    if (exitCode !== 0) throw new Error(`${args} after a kill of ${operation}: ${stderr}`)
  }
  let died = 0
  try {
    await makeNetworks(host, 1)
    for (let index = 0; index < kills; index += 1) {
      await host.run(['ip', 'netns', 'add', 'killed'])
      const env = {
        CAP_ARGS: '{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}',
      }
      if (operation === 'del') await host.vethra('cni', 'add', 'net0', netns)
      const after = Math.random() * (operation === 'add' ? 260 : 320)
      if (await killAfter(host, ['net0', netns], env, after, operation)) died += 1
      if (gone) await host.run(['ip', 'netns', 'del', 'killed'])
      await vethra('del')
      if (!gone) await host.run(['ip', 'netns', 'del', 'killed'])
      await demandNothing(host, `${operation} killed after ${after.toFixed(0)} ms`)
    }
  } finally {
    await host.close()
  }
  console.log(
    `${kills} times ${operation} killed at a random moment (${died} before it was done), namespace ${gone ? 'gone' : 'alive'}: one DEL left nothing`,
  )
}

async function demandNothing(host: Host, when: string): Promise<void> {
  const { rules, files, links } = await host.snapshot()
  const left = [
    ...rules.filter((rule) => /cnitool-|^:CNI-[0-9a-f]{24}|^:CNI-[DS]N-/.test(rule)),
    // A file that was being written has no name yet: .tmp- and a number, which nobody reads.
    ...files.filter((file) => /networks\/[^/]+\/\d|\/(results|attachments)\/(?!\.tmp-)/.test(file)),
    ...links.filter((link) => link.startsWith('veth')),
  ]
  if (left.length > 0) throw new Error(`${when} left:\n${left.join('\n')}`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
