import { expect, it } from 'vitest'
import { answers, faultOfAnswer, faultOfTaken, keptBySpeed, questions } from '../test/hostile.ts'
import { mutate, randomNumbers } from '../test/mutate.ts'

// scripts/soak-dns-fuzz.ts takes a million.
const count = 20_000

function mutated(all: readonly Uint8Array[], seed: number): readonly Uint8Array[] {
  const random = randomNumbers(seed)
  const pick = () => all[Math.floor(random() * all.length)] ?? new Uint8Array()
  return Array.from({ length: count / 2 }, () => mutate(pick(), pick(), random))
}

it('a well-formed message has no fault', () => {
  expect(questions.map((octets) => faultOfAnswer(octets, 0))).toEqual(
    questions.map(() => undefined),
  )
  expect(answers.map(faultOfTaken)).toEqual(answers.map(() => undefined))
})

it('a mutated question harms nothing, and nothing is answered that was not asked', () => {
  const faults = mutated(questions, 1).map((octets, index) => faultOfAnswer(octets, index))
  expect(faults.filter((fault) => fault !== undefined)).toEqual([])
  expect(keptBySpeed()).toBeLessThan(1000)
})

it('a mutated answer of upstream harms nothing, and is taken for its question alone', () => {
  const faults = mutated(answers, 2).map(faultOfTaken)
  expect(faults.filter((fault) => fault !== undefined)).toEqual([])
})
