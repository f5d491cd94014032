// Each kind of damage, healed, and healed again after doctors that were killed at each of their steps; doctors that are
// killed at random moments while they repair, doctors that repair while containers come and go, and how long it takes to
// restore the rules of many. scripts/soak runs it.
import {
  comparableSnapshot,
  type Damage,
  type DamageHost,
  damage,
  differences,
  endByHand,
  findings,
  openDamageHost,
  othersResources,
  repairAndKill,
} from '../e2e/damage-host.ts'
import { damages } from '../e2e/damages.ts'
import { addresses, attachTwo, killRepair } from '../e2e/doctor-kill.ts'
import { executable, type Host, openHost, type Ran } from '../e2e/host.ts'
import { toldDamages } from '../e2e/told-damages.ts'

const kills = Number(process.env['VETHRA_SOAK_DOCTOR_KILLS'] ?? 40)
const rounds = Number(process.env['VETHRA_SOAK_DOCTOR_ROUNDS'] ?? 10)
const flushed = Number(process.env['VETHRA_SOAK_DOCTOR_FLUSHED'] ?? 100)
/** The steps of a repair before which one is killed, at most. Default: all. */
const steps = Number(process.env['VETHRA_SOAK_DOCTOR_STEPS'] ?? Number.POSITIVE_INFINITY)
/** The ways in which attachments are made. */
const ways = (process.env['VETHRA_SOAK_DOCTOR_WAYS'] ?? 'native exec').split(' ')
/** The parts that run: `healed` and `told` damages; `crowd`, doctors that are killed and repairs while others work. */
const parts = (process.env['VETHRA_SOAK_DOCTOR_PARTS'] ?? 'healed told crowd').split(' ')
/** A part of the words of the damages that are done. Default: all. */
const only = process.env['VETHRA_SOAK_DOCTOR_ONLY'] ?? ''
const settle = new URL('../bench/attachments.ts', import.meta.url).pathname

for (const way of ways) await healDamages(way)
if (only === '' && parts.includes('crowd'))
  for (const work of [killDoctors, repairWhileOthersWork, restoreRules]) await onHost(work)

async function healDamages(way: string): Promise<void> {
  const host = await openHost({ plugins: way === 'exec' ? 'exec' : 'auto' })
  try {
    const place = await openDamageHost(host)
    const before = {
      snapshot: await comparableSnapshot(place),
      others: await othersResources(place),
    }
    const chosen = (part: string, all: readonly Damage[]) =>
      all.filter(
        (each) =>
          parts.includes(part) && (each.way ?? way) === way && new RegExp(only).test(each.what),
      )
    const own = chosen('healed', damages)
    let killed = 0
    const demandWhole = async (what: string, { exitCode, stdout, stderr }: Ran) => {
      const faults = [
        ...(await findings(place)).map(({ Kind }) => `found: ${Kind}`),
        ...differences(before.snapshot, await comparableSnapshot(place)),
        ...((await othersResources(place)) === before.others ? [] : ['of others: changed']),
      ]
      if (exitCode !== 0 || faults.length > 0)
        throw new Error(`${way}, ${what}: ${faults}\n${stdout}${stderr}`)
    }
    for (const each of own) {
      const demandHealed = async (time: string) =>
        demandWhole(`${each.what}, ${time}`, await host.vethra('doctor', '--repair'))
      const kinds = await damage(place, each)
      if (!kinds.includes(each.kind)) throw new Error(`${way}, ${each.what}: found ${kinds}`)
      await demandHealed('healed at once')
      const cut = await killAtEachStep(place, each, demandHealed)
      console.log(`${way}, ${each.what}: killed at each of ${cut} steps`)
      killed += cut
    }
    const told = chosen('told', toldDamages)
    for (const each of told) {
      const kind = await endByHand(place, each)
      if (kind !== each.kind) throw new Error(`${way}, ${each.what}: told ${kind}`)
      await demandWhole(each.what, await host.vethra('doctor', '--repair'))
    }
    console.log(
      `${told.length} kinds of damage that may be meant, the way ${way}: each named, left, and ended by the line that was told`,
    )
    console.log(
      `${own.length} kinds of damage to what is made the way ${way}: each found, named and healed, and healed by the doctor after one that was killed, at ${killed} steps; nothing of others touched`,
    )
  } finally {
    await host.close()
  }
}

async function killAtEachStep(
  place: DamageHost,
  each: (typeof damages)[number],
  demandHealed: (time: string) => Promise<void>,
): Promise<number> {
  for (let step = 1; step <= steps; step += 1) {
    await damage(place, each)
    const isKilled = await repairAndKill(place, step)
    await demandHealed(`killed at step ${step}`)
    if (!isKilled) return step - 1
  }
  return steps
}

async function killDoctors(host: Host): Promise<void> {
  const before = await attachTwo(host)
  let cut = 0
  for (let index = 0; index < kills; index += 1) {
    const { done, next } = await killRepair(host, 500 + Math.random() * 1500)
    if (done > 0) cut += 1
    const now = await addresses(host)
    const twice = await sameTwice(host)
    if (next.exitCode !== 0 || String(now) !== String(before) || twice !== '') {
      throw new Error(`kill ${index + 1}: ${next.stdout}${next.stderr} ${now} ${twice}`)
    }
    await demandWell(host)
  }
  console.log(
    `${kills} doctors killed at random moments (${cut} with some repairs done), each healed by the next one: nothing lost, no rule twice`,
  )
}

async function repairWhileOthersWork(host: Host): Promise<void> {
  await host.vethra('network', 'create', 'lan')
  let working = true
  let doctors = 0
  const doctor = async () => {
    for (; working; doctors += 1) {
      const { exitCode, stderr } = await host.vethra('doctor', '--repair')
      if (exitCode !== 0) throw new Error(stderr)
    }
  }
  const worker = async (number: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await host.run(['ip', 'netns', 'add', `w${number}`])
      for (const operation of ['add', 'check', 'del']) {
        const argv = [executable, 'cni', operation, 'lan', `/run/netns/w${number}`]
        const { exitCode, stderr } = await host.run(argv)
        if (exitCode !== 0) throw new Error(`${operation}: ${stderr}`)
      }
      await host.run(['ip', 'netns', 'del', `w${number}`])
    }
  }
  const repairing = doctor()
  await Promise.all([1, 2, 3].map(worker))
  working = false
  await repairing
  await demandWell(host)
  console.log(
    `${doctors} doctors repaired while 3 workers attached, checked and detached ${rounds} times each: no operation was disturbed`,
  )
}

async function restoreRules(host: Host): Promise<void> {
  const settled = await host.run([process.execPath, settle, executable, String(flushed)])
  if (settled.exitCode !== 0) throw new Error(settled.stderr)
  await host.run(['nft', 'flush', 'ruleset'])
  const began = performance.now()
  const { exitCode, stderr } = await host.vethra('doctor', '--repair')
  if (exitCode !== 0) throw new Error(stderr)
  const seconds = (performance.now() - began) / 1000
  await demandWell(host)
  console.log(
    `the flushed rules of ${flushed} attachments restored in ${seconds.toFixed(1)} s: ${((1000 * seconds) / flushed).toFixed(0)} ms each`,
  )
}

async function demandWell(host: Host): Promise<void> {
  const { exitCode, stdout } = await host.vethra('doctor')
  if (exitCode !== 0) throw new Error(stdout)
}

async function sameTwice(host: Host): Promise<string> {
  const { stdout } = await host.run(['sh', '-c', 'iptables-save | grep ^-A | sort | uniq -d'])
  return stdout
}

async function onHost(work: (host: Host) => Promise<void>): Promise<void> {
  const host = await openHost()
  try {
    await work(host)
  } finally {
    await host.close()
  }
}
