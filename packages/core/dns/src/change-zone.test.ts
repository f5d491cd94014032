import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answersOf, ask } from '../test/ask.ts'
import { container, lanZone } from '../test/lan.ts'
import { changeZone } from './change-zone.ts'
import { reverseName } from './reverse-name.ts'
import type { Zone } from './zone.ts'
import type { ZoneContainer } from './zone-input.ts'

const names = ['web', 'db', 'shop', 'a.b', '', 'web.lan']
const addresses = ['10.4.0.2', '10.4.0.3', '10.5.0.2', 'fd00:4::2', 'none']
const digits = ['1', '2', '3']

const some = <T>(values: readonly T[]) => fc.subarray([...values])
const membership = fc.record({
  addresses: some(addresses),
  aliases: fc.array(fc.constantFrom(...names), { maxLength: 2 }),
})
const containers = fc
  .record({
    digit: fc.constantFrom(...digits),
    name: fc.constantFrom(...names),
    hostname: fc.constantFrom(...names),
    lan: fc.option(membership),
    dev: fc.option(membership),
    precedence: fc.nat(2),
  })
  .map(({ digit, name, hostname, lan, dev, precedence }): ZoneContainer => {
    const networks = { ...(lan ? { lan } : {}), ...(dev ? { dev } : {}), other: { ...none } }
    return container(digit, name, { hostname, networks, precedence })
  })
const none = { addresses: [], aliases: ['web'] }
const changes = fc.array(fc.record({ each: containers, isGone: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
})

/** The answers of a zone: each asker's address, to each name and address. */
function told(zone: Zone): readonly unknown[] {
  const asked = [...names.filter(Boolean), ...digits.map((each) => each.repeat(12)), 'db.dev']
  const reverse = [
    Uint8Array.of(10, 4, 0, 2),
    Uint8Array.of(10, 4, 0, 3),
    Uint8Array.of(10, 5, 0, 2),
  ]
  return addresses
    .slice(0, 4)
    .flatMap((from) => [
      ...asked.map((name) => [from, name, sorted(answersOf(ask(zone, name, 'A', { from })))]),
      ...reverse.map((octets) => answersOf(ask(zone, reverseName(octets), 'PTR', { from }))),
    ])
}

function sorted(answers: readonly unknown[] | string): unknown {
  return typeof answers === 'string' ? answers : answers.map(String).toSorted()
}

it('a zone that was changed tells the same as one that is made of what there is then', () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const now = new Map<string, ZoneContainer>()
      let zone = lanZone([])
      for (const [index, { each, isGone }] of steps.entries()) {
        if (isGone) now.delete(each.id)
        else now.set(each.id, each)
        const change = new Map([[each.id, isGone ? undefined : each]])
        zone = changeZone(zone, { containers: change, serial: index + 2 })
        // What was asked before must not be what is told after a change.
        told(zone)
      }
      expect(told(zone)).toEqual(told(lanZone([...now.values()])))
      expect(zone.containers.size).toBe(now.size)
    }),
    { numRuns: 60 },
  )
})

it('networks that come, change or go take their names along, and no others', () => {
  const all = [
    container('1', 'web', {
      networks: { lan: { addresses: ['10.4.0.2'], aliases: [] }, dev: none },
    }),
    container('2', 'db', { networks: { dev: { addresses: ['10.5.0.3'], aliases: ['late'] } } }),
  ]
  const [lan, dev] = ['lan', 'dev'].map((name, index) => ({
    ...{ name, isInternal: false, subnets: [`10.${4 + index}.0.0/16`] },
  }))
  if (lan === undefined || dev === undefined) throw new Error('two networks')
  const steps = [
    [lan],
    [lan, dev],
    [dev],
    [{ ...dev, subnets: ['10.5.0.0/24'] }, lan],
    [],
    [lan, dev],
  ]
  let zone = lanZone(all)
  for (const [index, networks] of steps.entries()) {
    zone = changeZone(zone, { networks, containers: new Map(), serial: index + 2 })
    expect(told(zone), `step ${index}`).toEqual(told(lanZone(all, { networks })))
  }
  const later = container('3', 'shop', {
    networks: { lan: { addresses: ['10.4.0.3'], aliases: [] } },
  })
  const networks = [lan]
  zone = changeZone(zone, { networks, containers: new Map([[later.id, later]]), serial: 9 })
  expect(told(zone)).toEqual(told(lanZone([...all, later], { networks })))
})

it('a zone that all containers have left holds nothing of them', () => {
  const all = digits.map((digit) => container(digit, `name${digit}`))
  const zone = changeZone(lanZone(all), {
    containers: new Map(all.map(({ id }) => [id, undefined])),
    serial: 2,
  })
  const held = [...zone.networks.values()].map(({ holders }) => holders.size)
  expect([zone.members.size, zone.containers.size, ...held]).toEqual([0, 0, 0, 0, 0])
})
