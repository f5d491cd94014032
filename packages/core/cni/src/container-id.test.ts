import fc from 'fast-check'
import { expect, it } from 'vitest'
import { containerIdOf, isNamespace, readingsOf, splitContainerId } from './index.ts'

const hash = 'a1'.repeat(32)

it.each([
  ['default', 'web', 'default-web'],
  ['default', 'web-1', 'default-web-1'],
  ['default-web', '1', 'default-web--1'],
  ['my-team', hash, `my-team-${hash}`],
  ['default', hash, `default-${hash}`],
  ['default', `x-${hash}`, `default--x-${hash}`],
  ['default', `x${hash}`, `default-x${hash}`],
  ['default', hash.toUpperCase(), `default-${hash.toUpperCase()}`],
  ['default', 'a--b', 'default--a--b'],
  ['default', '-a', 'default---a'],
  ['k8s.io', 'pod_1', 'k8s.io-pod_1'],
])('container %s/%s is %s for plugins', (namespace, id, containerId) => {
  expect(containerIdOf({ namespace, id })).toBe(containerId)
  expect(splitContainerId(containerId)).toEqual({ namespace, id })
})

// Few letters and many dashes, and hashes: what could be taken for something else.
const part = fc.constantFrom('a', 'default', 'web', '1', hash, hash.slice(1), `f${hash}`)
const namespaces = fc
  .tuple(part, fc.array(fc.tuple(fc.constantFrom('-', '.', '_'), part), { maxLength: 3 }))
  .map(([first, more]) => first + more.flat().join(''))
  .filter(isNamespace)
const ids = fc
  .array(fc.oneof(part, fc.constantFrom('-', '--', '.')), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''))
const containers = fc.record({ namespace: namespaces, id: ids })

it('what plugins know a container by is of that container alone', () => {
  fc.assert(
    fc.property(containers, (each) => {
      expect(splitContainerId(containerIdOf(each))).toEqual(each)
    }),
  )
})

it.each([
  ['default-web', ['default web']],
  ['my-team-web', ['my team-web', 'my-team web']],
  [`my-team-${hash}`, [`my-team ${hash}`, `my team-${hash}`]],
  ['a-b--c', ['a-b c', 'a b--c', 'a-b -c']],
  ['-web', []],
  ['web', []],
  ['a-', []],
])('what other programs call %s can be %j', (text, readings) => {
  expect(readingsOf(text).map(({ namespace, id }) => `${namespace} ${id}`)).toEqual(readings)
})

it('a text of a million dashes has few readings', () => {
  expect(readingsOf('a-'.repeat(1_000_000)).length).toBeLessThan(76)
})

it.each(['', 'web', '-web', 'a-', 'a--', 'default-web--', '..-a', 'a_-b', '1--'])(
  '%j is no id of a container in a namespace',
  (text) => {
    expect(splitContainerId(text)).toBeUndefined()
  },
)

it.each([
  ['default', true],
  ['k8s.io', true],
  ['a-b_c.d', true],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['a..b', false],
  ['a-.b', false],
  ['a--b', false],
  ['a/b', false],
  ['a'.repeat(76), true],
  ['a'.repeat(77), false],
  [`${'a'.repeat(76)}\n`, false],
])('%j as a namespace: %j', (text, isOne) => {
  expect(isNamespace(text)).toBe(isOne)
})
