// Rounds of containers that come and go in parallel, and of hooks that are killed at random moments;
// after each round the host must be as it was. scripts/soak runs it.
import { type Host, openHost } from '../e2e/host.ts'
import type { Snapshot } from '../e2e/snapshot.ts'

const rounds = Number(process.env['VETHRA_SOAK_ROUNDS'] ?? 5)
const containers = Number(process.env['VETHRA_SOAK_CONTAINERS'] ?? 20)
const kills = Number(process.env['VETHRA_SOAK_KILLS'] ?? 60)

const host = await openHost()
try {
  await host.vethra('network', 'create', 'lan')
  // One container that comes and goes leaves the network's own things: bridge, chains, marks.
  await round(host, ['first'])
  const before = await host.snapshot()
  await comeAndGo(host, before)
  await killAndHeal(host, before)
} finally {
  await host.close()
}

async function comeAndGo(host: Host, before: Snapshot): Promise<void> {
  const ids = Array.from({ length: containers }, (_, index) => `c${index}`)
  const times: number[] = []
  for (let index = 0; index < rounds; index += 1) {
    const began = performance.now()
    await round(host, ids)
    times.push(performance.now() - began)
    demandEqual(await host.snapshot(), before, `round ${index + 1}`)
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
  console.log(
    `${rounds} rounds of ${containers} containers in parallel, started and deleted: ` +
      `no failure, nothing left; median ${(median / 1000).toFixed(1)} s a round`,
  )
}

async function round(host: Host, names: readonly string[]): Promise<void> {
  const ids = names.map((name) => `${name}-${host.tag}`)
  await all(ids, async (id) => {
    const bundle = await host.bundle(id, ['sleep', '600'])
    expectDone(
      await host.vethra('bundle', 'prepare', bundle, '--id', id, '--network', 'lan', '-p', '80'),
      `prepare ${id}`,
    )
  })
  await all(ids, async (id) =>
    expectDone(await host.start(`${host.folder}/${id}`, id), `start ${id}`),
  )
  await all(ids, async (id) => expectDone(await host.stop(id), `stop ${id}`))
  expectDone(await host.vethra('bundle', 'rm', ...ids), 'bundle rm')
  await host.run(['rm', '-rf', ...ids.map((id) => `${host.folder}/${id}`)])
}

async function killAndHeal(host: Host, before: Snapshot): Promise<void> {
  const network = ['cni', 'add', 'lan', '/run/netns/soak']
  let died = 0
  for (let index = 0; index < kills; index += 1) {
    await host.run(['ip', 'netns', 'add', 'soak'])
    const after = (Math.random() * 0.25).toFixed(3)
    const killed = await host.run(['timeout', '-s', 'KILL', after, 'dist/vethra', ...network], {
      cwd: process.cwd(),
    })
    if (killed.exitCode !== 0) died += 1
    // A plugin that was running when its caller died goes on for a moment.
    await host.run([
      'sh',
      '-c',
      'for i in 1 2 3 4 5 6 7 8 9; do pgrep -x "bridge|portmap|firewall|tuning" >/dev/null || break; sleep 0.1; done',
    ])
    if (index % 2 === 0) await host.run(['ip', 'netns', 'del', 'soak'])
    expectDone(
      await host.vethra('cni', 'del', 'lan', '/run/netns/soak'),
      `del after kill ${index + 1}`,
    )
    if (index % 2 === 1) await host.run(['ip', 'netns', 'del', 'soak'])
    demandEqual(await host.snapshot(), before, `kill ${index + 1} after ${after} s`)
  }
  console.log(
    `${kills} ADDs killed at random moments (${died} of them before they were done), each healed by one DEL: nothing left`,
  )
}

function demandEqual(now: Snapshot, before: Snapshot, when: string): void {
  for (const key of ['links', 'rules', 'files', 'processes'] as const) {
    const more = now[key].filter(
      (each) => !before[key].includes(each) && !/\/lock|locks\/|last_reserved/.test(each),
    )
    if (more.length > 0) throw new Error(`${when} left ${key}: ${more.join('\n')}`)
  }
}

async function all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(work))
}

function expectDone(ran: { exitCode: number; stdout: string; stderr: string }, what: string): void {
  if (ran.exitCode !== 0)
    throw new Error(`${what} ended with ${ran.exitCode}: ${ran.stderr}${ran.stdout}`)
}
