// DNS as containers meet it: the resolvers of glibc, musl, Go and systemd, dig in all its ways, servers upstream that hang, lie,
// cut answers or ask us, and how soon a change is answered. Prints a line for what is wrong, and figures. scripts/soak runs it.
// VETHRA_SOAK_DNS_CHANGES: how many changes (default 50).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClientCase, digCases, resolverCases } from './soak-dns-clients.ts'
import { firewallDemands } from './soak-dns-firewalls.ts'
import { type DnsHost, openDnsHost } from './soak-dns-host.ts'
import { resolvedCases } from './soak-dns-resolved.ts'
import { upstreamFaults } from './soak-dns-upstream.ts'

const changes = Number(process.env['VETHRA_SOAK_DNS_CHANGES'] ?? 50)
const folder = await mkdtemp(join(tmpdir(), 'vethra-soak-dns-'))
const place = await openDnsHost()
let wrong = 0
try {
  await check('dig', digCases)
  const { cases, missing } = resolverCases(folder)
  await check('glibc, musl and Go', cases)
  for (const each of missing) console.log(`${each}: there is no compiler for it here`)
  await check('systemd-resolved', resolvedCases(folder))
  for (const { what, isSo } of await upstreamFaults(place)) tell(what, isSo, '')
  console.log(await freshness(place))
} finally {
  await place.close()
  await rm(folder, { recursive: true, force: true })
}
for (const { what, isSo } of await firewallDemands()) tell(what, isSo, '')
process.exitCode = wrong > 0 ? 1 : 0

async function check(name: string, cases: readonly ClientCase[]): Promise<void> {
  let right = 0
  for (const { what, script, says } of cases) {
    const said = await place.inside('db', script)
    if (says.test(said)) right += 1
    else tell(what, false, said)
  }
  console.log(`${name}: ${right} of ${cases.length} right`)
}

function tell(what: string, isSo: boolean, said: string): void {
  if (!isSo) wrong += 1
  console.log(`${isSo ? 'ok   ' : 'WRONG'} ${what}${said === '' ? '' : `: ${said.slice(0, 600)}`}`)
}

/** From the end of a command to the first answer by it: asked by one client that asks again each 2 ms. */
async function freshness({ host, id, inside, sh }: DnsHost): Promise<string> {
  const took: number[] = []
  for (let change = 0; change < changes; change += 1) {
    const name = `fresh-${change}`
    const ready = `${host.folder}/${name}`
    const asking = inside(
      'db',
      `exec ${process.execPath} ${import.meta.dirname}/soak-dns-wait.ts 10.9.1.1 ${name} ${ready}`,
    )
    await sh(`until test -e ${ready}; do sleep 0.05; done`)
    await host.vethra('container', 'rename', id('web'), name)
    const ended = Date.now()
    took.push(Number(await asking) - ended)
  }
  await host.vethra('container', 'rename', id('web'), 'web')
  const sorted = took.toSorted((one, other) => one - other)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
  if ((sorted.at(-1) ?? Number.NaN) > 100)
    tell('a change is answered within 100 ms', false, sorted.join(' '))
  return `a rename is answered, after its command has ended: median ${at(0.5)} ms, 9 of 10 ${at(0.9)} ms, last ${at(1)} ms of ${changes}`
}
