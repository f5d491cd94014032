import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import {
  forAll,
  hasAdminJump,
  passesAdminChain,
  putAdminJumps,
  removeAdminJumps,
} from './admin-chains.ts'

afterEach(() => vi.unstubAllEnvs())

// Chain FORWARD of each program is a file of its name, as -S prints it.
const program = `#!/bin/sh
file=$(dirname "$0")/$(basename "$0").rules
shift 2; verb=$1; shift
[ "$verb $1" = '-S DROP' ] && { echo incompatible >&2; exit 1; }
[ "$verb" = -S ] && { cat "$file"; exit; }
[ "$verb" = -N ] && exit 1
[ "$verb" = -I ] && { set -- "$1" "$3" "$4" "$5" "$6" "$7" "$8"; }
rule="-A $1 $2 $3 $4 \\"$5\\" $6 $7"
[ "$verb" = -D ] && { grep -qxFe "$rule" "$file" || exit 1; }
rest=$(grep -vxFe "$rule" "$file")
[ "$verb" = -I ] && echo "$rule" >"$file" || : >"$file"
echo "$rest" >>"$file"
`

const pass = '-A FORWARD -m mark --mark 0x1000000/0x1000000 -j ACCEPT'
const jump = (chain: string) =>
  `-A FORWARD -m comment --comment "rules before those of vethra" -j ${chain}`

function openHost() {
  const folder = mkdtempSync(join(tmpdir(), 'admin-'))
  for (const name of ['iptables', 'ip6tables']) {
    writeFileSync(join(folder, name), program)
    chmodSync(join(folder, name), 0o755)
    writeFileSync(join(folder, `${name}.rules`), `${pass}\n`)
  }
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  const rules = (name: string) =>
    readFileSync(join(folder, `${name}.rules`), 'utf8')
      .trim()
      .split('\n')
  return { folder, records: join(folder, 'records'), rules }
}

const admit = (bridge: string, adminChain?: string) =>
  ({ kind: 'admit', bridge, subnets: [], ...(adminChain ? { adminChain } : {}) }) as const

it('jumps come before the rule that accepts our mark, once for each chain, and go with the last user', () => {
  const { records, rules } = openHost()
  const users = [admit('br0', 'MINE'), admit('br1', 'MINE'), admit('br2', 'OTHER'), admit('br3')]
  for (const user of users) {
    expect(hasAdminJump(records, user)).toBe(user.bridge === 'br3')
    putAdminJumps(records, [user])
    expect(hasAdminJump(records, user)).toBe(true)
  }
  for (const name of ['iptables', 'ip6tables'])
    expect(rules(name)).toEqual([jump('OTHER'), jump('MINE'), pass])
  removeAdminJumps(records, [admit('br1'), admit('br2')])
  expect(rules('iptables')).toEqual([jump('MINE'), pass])
  removeAdminJumps(records, [admit('br0')])
  expect([rules('iptables'), rules('ip6tables'), readdirSync(records)]).toEqual([
    [pass],
    [pass],
    [],
  ])
})

it('a rule of ours that was put in front of a jump gets behind it with the next admission', () => {
  const { folder, records, rules } = openHost()
  const user = admit('br0', 'MINE')
  putAdminJumps(records, [user])
  writeFileSync(join(folder, 'iptables.rules'), `${pass}\n${jump('MINE')}\n`)
  expect(hasAdminJump(records, user)).toBe(false)
  putAdminJumps(records, [admit('br1')])
  expect(rules('iptables')).toEqual([jump('MINE'), pass])
})

it("the administrator's default chain is passed where it is missing, and where it is jumped to before our mark is accepted", () => {
  const { folder, records } = openHost()
  expect(passesAdminChain()).toBe(true)
  const among = (...lines: readonly string[]) => {
    for (const name of ['iptables', 'ip6tables'])
      writeFileSync(join(folder, `${name}.rules`), [...lines, ''].join('\n'))
  }
  const plugins = [
    '-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD',
    '-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin overrides" -j CNI-ADMIN',
  ]
  among('-N CNI-ADMIN', ...plugins, pass)
  expect(passesAdminChain()).toBe(true)
  among('-N CNI-ADMIN', pass, ...plugins)
  expect(passesAdminChain()).toBe(false)
  putAdminJumps(records, [forAll])
  expect(passesAdminChain()).toBe(true)
  removeAdminJumps(records, [forAll])
  expect(passesAdminChain()).toBe(false)
})

it('a target of iptables is no chain: forwarded packets would all be dropped; killed then, it is in the way of no other', () => {
  const { records, rules } = openHost()
  expect(() => putAdminJumps(records, [admit('br0', 'DROP')])).toThrow('chain DROP of iptables')
  expect(rules('iptables')).toEqual([pass])
  putAdminJumps(records, [admit('br1', 'MINE')])
  expect(rules('iptables')).toEqual([jump('MINE'), pass])
})

it('a host without iptables is told so', () => {
  const { folder, records } = openHost()
  for (const name of ['iptables', 'ip6tables'])
    writeFileSync(join(folder, name), '#!/bin/sh\necho no tables >&2; exit 1\n')
  expect(() => putAdminJumps(records, [admit('br0', 'MINE')])).toThrow(
    'cannot have forwarded packets pass chain MINE of iptables: no tables',
  )
})
