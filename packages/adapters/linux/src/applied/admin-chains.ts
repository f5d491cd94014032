import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { ioError } from '@vethra/cni'
import {
  adminChain as adminsOwn,
  passesAdminFirst,
  passRuleArguments,
  pluginChain,
} from '@vethra/firewall'
import type { Admit } from '@vethra/state'
import { legacyTables } from '../legacy-tables.ts'
import { runNow } from './run-now.ts'

const programs = ['iptables', 'ip6tables'] as const
const note = 'rules before those of vethra'
const unconditional = `(?:-m comment --comment (?:"[^"]*"|\\S+) |${passRuleArguments.slice(0, 4).join(' ')} )?-j `

/** The admission of all networks, for the chain that the Go plugins leave to the administrator where no conf names one. */
export const forAll: Admit = { kind: 'admit', bridge: '*', subnets: [], adminChain: adminsOwn }

/** Whether forwarded packets pass that chain, where iptables(8) has one, before our mark is accepted. */
export function passesAdminChain(): boolean {
  return programs.every((program) => {
    const lines = run(program, '-S').said.split('\n')
    const leading = (chain: string) =>
      lines.flatMap(
        (line) => new RegExp(`^-A ${chain} ${unconditional}(\\S+)$`).exec(line)?.[1] ?? [],
      )
    const passes = passesAdminFirst(leading('FORWARD'), leading(pluginChain))
    return passes || !lines.includes(`-N ${adminsOwn}`)
  })
}

/** As `passesAdminChain` where iptables-legacy has tables, which netlink does not show; else true. */
export function passesLegacyAdmin(): boolean {
  const isLegacy = [...legacyTables('ip'), ...legacyTables('ip6')].includes('filter')
  return !isLegacy || passesAdminChain()
}

/** Whether forwarded packets pass the administrator's chain that an admission names, first, and until the admission goes. */
export function hasAdminJump(records: string, { adminChain, bridge }: Admit): boolean {
  if (adminChain === undefined) return true
  const isRecorded = existsSync(`${records}/${fileOf(adminChain, bridge)}`)
  return isRecorded && programs.every((program) => jumpsFirst(program, adminChain))
}

/**
 * Has forwarded packets pass the administrators' chains of admissions, and of those before, first. A chain that is missing is
 * made; `records` has a file for each user of one. Throws CniError 5 where iptables(8) fails.
 */
export function putAdminJumps(records: string, admits: readonly Admit[]): void {
  for (const { adminChain, bridge } of admits) {
    if (adminChain === undefined) continue
    // First: a record of what is no chain would be in the way of all admissions behind it.
    for (const program of programs) makeChain(program, adminChain)
    mkdirSync(records, { recursive: true, mode: 0o700 })
    // Before it is done: a kill between the two leaves a file, and no rule that nobody removes.
    writeFileSync(`${records}/${fileOf(adminChain, bridge)}`, '')
  }
  for (const chain of new Set(usersIn(records).map((user) => user.chain)))
    for (const program of programs) if (!jumpsFirst(program, chain)) putJump(program, chain)
}

/** Removes the jumps to chains that no admission but these uses; the chains stay. */
export function removeAdminJumps(records: string, admits: readonly Admit[]): void {
  const users = usersIn(records)
  const gone = users.filter(({ bridge }) => admits.some((each) => each.bridge === bridge))
  const left = new Set(users.filter((each) => !gone.includes(each)).map(({ chain }) => chain))
  for (const { chain, bridge } of gone) {
    if (!left.has(chain)) for (const program of programs) removeJumps(program, chain)
    rmSync(`${records}/${fileOf(chain, bridge)}`, { force: true })
  }
}

function jumpsFirst(program: string, chain: string): boolean {
  const rules = run(program, '-S', 'FORWARD').said.split('\n')
  const jump = rules.indexOf(`-A FORWARD -m comment --comment "${note}" -j ${chain}`)
  const pass = rules.indexOf(`-A FORWARD ${passRuleArguments.join(' ')}`)
  return jump >= 0 && (pass < 0 || jump < pass)
}

function putJump(program: string, chain: string): void {
  makeChain(program, chain)
  removeJumps(program, chain)
  demandRun(program, chain, ['-I', 'FORWARD', '1', ...jumpTo(chain)])
}

function makeChain(program: string, chain: string): void {
  // Fails for a chain that exists.
  run(program, '-N', chain)
  // A target is no chain: a jump to DROP would drop all forwarded packets.
  demandRun(program, chain, ['-S', chain])
}

function demandRun(program: string, chain: string, args: readonly string[]): void {
  const { fault } = run(program, ...args)
  if (fault !== undefined)
    throw ioError(
      `cannot have forwarded packets pass chain ${chain} of ${program}: ${fault}`,
      'Leave iptablesAdminChainName out, or install iptables.',
    )
}

// Two commands at once make it twice.
function removeJumps(program: string, chain: string): void {
  while (run(program, '-D', 'FORWARD', ...jumpTo(chain)).fault === undefined);
}

function jumpTo(chain: string): readonly string[] {
  return ['-m', 'comment', '--comment', note, '-j', chain]
}

function run(program: string, ...args: readonly string[]): ReturnType<typeof runNow> {
  return runNow(program, ['-w', '10', ...args])
}

interface User {
  readonly chain: string
  readonly bridge: string
}

function fileOf(chain: string, bridge: string): string {
  return `admin ${chain} ${bridge}`
}

function usersIn(records: string): readonly User[] {
  return filesIn(records).flatMap((file) => {
    const [, chain, bridge] = /^admin (\S+) (\S+)$/.exec(file) ?? []
    return chain !== undefined && bridge !== undefined ? [{ chain, bridge }] : []
  })
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
