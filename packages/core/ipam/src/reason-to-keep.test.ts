import { expect, it } from 'vitest'
import { reasonToKeep, type SignsOfLife } from './index.ts'

const none: SignsOfLife = {
  cached: new Set(),
  recorded: new Set(),
  known: new Set(),
  namespaces: new Set(),
  running: new Set(),
}
const since = (ageMs: number, containerId = 'default-web') =>
  [
    { address: '10.4.0.2', containerId, ifname: 'eth0', sinceMs: 1_000_000 - ageMs },
    1_000_000,
  ] as const

it('a container that shows no sign of life is gone', () => {
  const [reservation, now] = since(3000)
  expect(reasonToKeep(reservation, none, now)).toBeUndefined()
})

it.each<[Partial<SignsOfLife>, string]>([
  [{ cached: new Set(['default-web']) }, 'an attachment is in the cache'],
  [{ recorded: new Set(['default-web']) }, 'an attachment is recorded'],
  [{ known: new Set(['default-web']) }, 'the container is known'],
  [{ known: new Set(['web']) }, 'the container is known'],
  [{ namespaces: new Set(['default-web']) }, 'its namespace is there'],
  [{ running: new Set(['default-web']) }, 'a plugin is at work for it'],
])('any one sign keeps it: %o', (sign, reason) => {
  const [reservation, now] = since(1e6)
  expect(reasonToKeep(reservation, { ...none, ...sign }, now)).toBe(reason)
})

it.each([
  [2999, 'web', 'it is too young to tell'],
  [-5000, 'web', 'it is too young to tell'],
  [10_000, '', 'its writer may be at work'],
  [10_001, '', undefined],
])('%i ms after %j was reserved: %s', (age, id, reason) => {
  const [reservation, now] = since(age, id)
  expect(reasonToKeep(reservation, none, now)).toBe(reason)
})
