// Many networks made and removed at once, and a running container that is connected and disconnected
// over and over: reachable by name and by address within a second each time, nothing left after.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Host, openHost, type Ran } from '../e2e/host.ts'
import { createAtOnce, createWhileRemoving, type MadeAtOnce } from '../e2e/networks-at-once.ts'

const networks = Number(process.env['VETHRA_SOAK_NETWORKS'] ?? 50)
const connects = Number(process.env['VETHRA_SOAK_CONNECTS'] ?? 100)

for (const [what, work] of [
  ['created at once', createAtOnce],
  ['created while as many were removed', createWhileRemoving],
] as const) {
  const host = await openHost()
  try {
    tell(what, await work(host, networks))
  } finally {
    await host.close()
  }
}
const host = await openHost()
try {
  await connectOverAndOver(host)
} finally {
  await host.close()
}

function tell(what: string, { failures, subnets, elapsedMs }: MadeAtOnce): void {
  if (failures.length > 0) throw new Error(`${failures.length} failed: ${failures[0]}`)
  // All are of one size, so that none overlaps another when all differ.
  const different = new Set(subnets).size
  if (different !== networks || subnets.length !== networks) {
    throw new Error(`${subnets.length} networks have ${different} subnets`)
  }
  console.log(`${networks} networks ${what}: no failure, no overlap, ${Math.round(elapsedMs)} ms`)
}

async function connectOverAndOver(at: Host): Promise<void> {
  const [web, peer] = [`web-${at.tag}`, `peer-${at.tag}`]
  for (const name of ['front', 'back']) done(await at.vethra('network', 'create', name))
  for (const [id, network] of [
    [web, 'front'],
    [peer, 'back'],
  ] as const) {
    const bundle = await at.bundle(id, ['sleep', '3600'])
    const named = ['--name', id.split('-')[0] ?? '', '--network', network]
    done(await at.vethra('bundle', 'prepare', bundle, '--id', id, ...named))
    done(await at.start(bundle, id))
  }
  const before = await at.snapshot()
  const times: number[] = []
  for (let round = 0; round < connects; round += 1) {
    done(await at.vethra('network', 'connect', 'back', web))
    times.push(await reachable(at, peer, web, round))
    done(await at.vethra('network', 'disconnect', 'back', web))
  }
  const after = await at.snapshot()
  for (const key of ['rules', 'files'] as const) {
    const more = after[key].filter((each) => !before[key].includes(each))
    if (more.length > 0) throw new Error(`left ${key}: ${more.join('\n')}`)
  }
  if (after.links.length !== before.links.length)
    throw new Error(`links: ${after.links.join('\n')}`)
  const [slowest = 0] = times.toSorted((a, b) => b - a)
  console.log(
    `${connects} times connected and disconnected: reachable by name and by address each time, ` +
      `both within ${Math.round(slowest)} ms at most; nothing left`,
  )
}

async function reachable(at: Host, peer: string, web: string, round: number): Promise<number> {
  const began = performance.now()
  const { Networks } = JSON.parse((await at.vethra('container', 'inspect', web)).stdout)
  const address = Networks.back.Addresses[0].split('/')[0]
  for (const name of ['web', address]) {
    const ping = ['exec', peer, 'ping', '-c', '1', '-W', '1', name]
    while ((await at.runc(...ping)).exitCode !== 0) {
      if (performance.now() - began > 1000) throw new Error(`round ${round}: no answer of ${name}`)
      await sleep(10)
    }
  }
  return performance.now() - began
}

function done({ exitCode, stderr, stdout }: Ran): void {
  if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${stderr}${stdout}`)
}
