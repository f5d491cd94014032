// What goes through beside other firewalls: each in its state, before and after its owner has it read again, by packets
// in six ways, with plugins in this process and as programs. Where something does not go through, the commands that
// "vethra doctor" names are run, and it must. Prints the table of docs/firewalls.md, and writes it with `--write`.
// With a name as argument, those firewalls alone. scripts/soak runs it.

import { readFile, writeFile } from 'node:fs/promises'
import {
  type FirewallHost,
  openFirewallHost,
  type Passed,
  packetWays,
} from '../e2e/firewall-host.ts'
import { type Firewall, firewalls } from '../e2e/firewalls.ts'

const [only = ''] = process.argv.slice(2).filter((each) => each !== '--write')
const choices = ['native', 'exec'] as const
const head = ['firewall', 'plugins', ...packetWays]
const rows = [line(head), line(head.map(() => '---'))]
for (const firewall of firewalls.filter(({ name }) => name.includes(only))) {
  for (const choice of choices) rows.push(await rowOf(firewall, choice))
}
console.log(rows.join('\n'))
if (process.argv.includes('--write')) await write(rows)
process.exitCode = rows.some((row) => /\b(lost|unsaid)\b/.test(row)) ? 1 : 0

async function rowOf(firewall: Firewall, choice: (typeof choices)[number]): Promise<string> {
  const place = await openFirewallHost(choice)
  try {
    await place.sh(firewall.set)
    await place.attach()
    const before = await place.send()
    await place.sh(firewall.reload)
    await place.host.vethra('doctor', '--repair')
    const after = await place.send()
    for (const command of await place.told()) await place.sh(command)
    const told = await sentInTime(place)
    return line([
      firewall.name,
      choice,
      ...packetWays.map((way) => cell(way, { before, after, told })),
    ])
  } finally {
    await place.close()
  }
}

// A neighbour whom nothing reached is asked for again after some seconds.
async function sentInTime(place: FirewallHost): Promise<Passed> {
  for (let left = 5; ; left -= 1) {
    const passed = await place.send()
    if (left === 0 || packetWays.every((way) => passed[way])) return passed
  }
}

/** `yes`: before and after; `told`: only when the doctor's commands have been run; `lost`: not after a reload; `unsaid`: not at all. */
function cell(
  way: (typeof packetWays)[number],
  of: Readonly<Record<'before' | 'after' | 'told', Passed>>,
): string {
  if (!of.told[way]) return 'unsaid'
  if (of.before[way]) return of.after[way] ? 'yes' : 'lost'
  return of.after[way] ? 'yes' : 'told'
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

async function write(table: readonly string[]): Promise<void> {
  const file = new URL('../docs/firewalls.md', import.meta.url)
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replace(/(?<=<!-- table -->\n)[\s\S]*(?=<!-- end -->)/, `\n${table.join('\n')}\n\n`),
  )
}
