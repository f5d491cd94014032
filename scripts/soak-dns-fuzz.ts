// A million mutated DNS messages, half of them questions and half answers of upstream: none may throw, be answered
// though it was not asked, or be taken for the answer to another question; and memory must not grow. Prints its figures.
// VETHRA_SOAK_DNS_MESSAGES says how many, the first argument is the seed. scripts/soak runs it.

import {
  answers,
  faultOfAnswer,
  faultOfTaken,
  keptBySpeed,
  questions,
} from '../packages/core/dns/test/hostile.ts'
import { mutate, randomNumbers } from '../packages/core/dns/test/mutate.ts'

const count = Number(process.env['VETHRA_SOAK_DNS_MESSAGES'] ?? 1_000_000)
const seed = Number(process.argv[2] ?? Date.now() % 1_000_000)
const random = randomNumbers(seed)
const faults: string[] = []
const started = performance.now()
let settled = 0
for (let index = 0; index < count; index += 1) {
  const fault =
    index % 2 === 0
      ? tryOut(questions, (octets) => faultOfAnswer(octets, index >> 1))
      : tryOut(answers, faultOfTaken)
  if (fault !== undefined) faults.push(fault)
  if (index === Math.floor(count / 4)) settled = memory()
}
const grown = memory() - settled
const seconds = (performance.now() - started) / 1000
for (const fault of faults.slice(0, 20)) console.error(fault)
console.log(
  `${count} mutated messages in ${seconds.toFixed(0)} s (seed ${seed}): ${faults.length} faults, ${keptBySpeed()} answers and views kept, ${grown.toFixed(1)} MiB more than after a quarter`,
)
process.exitCode = faults.length > 0 || grown > 20 || keptBySpeed() > 1000 ? 1 : 0

function tryOut(
  all: readonly Uint8Array[],
  faultOf: (octets: Uint8Array) => string | undefined,
): string | undefined {
  const pick = () => all[Math.floor(random() * all.length)] ?? new Uint8Array()
  const octets = mutate(pick(), pick(), random)
  try {
    const fault = faultOf(octets)
    return fault && `${fault}: ${Buffer.from(octets).toString('hex')}`
  } catch (error) {
    return `${String(error)}: ${Buffer.from(octets).toString('hex')}`
  }
}

function memory(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
