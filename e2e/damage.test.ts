import { expect, it } from 'vitest'
import {
  comparableSnapshot,
  damage,
  differences,
  endByHand,
  findings,
  openDamageHost,
  othersResources,
  repairAndKill,
} from './damage-host.ts'
import { damages } from './damages.ts'
import { describeOnHost } from './gate.ts'
import { openHost } from './host.ts'
import { toldDamages } from './told-damages.ts'

// Of about eighty kinds those that can be done at once; scripts/soak-doctor.ts does each alone.
const sample: readonly string[] = [
  ...['the rules of the table are flushed', 'elements of a container that is gone are left'],
  ...['a chain of the table has lost its hook', 'a network is cut off from other hosts'],
  ...['the accepting rules are entered no more', 'masquerading is flushed'],
  ...['all chains of ports are flushed', 'rules of another network are left'],
  ...['the bridge loses its address', 'an interface is on no bridge', 'a record is damaged'],
  ...['a reservation is removed', 'a reservation is planted for nobody'],
  ...['the names of a container are damaged'],
  ...['the hosts folder of a removed container is left', 'ports are held no more'],
  ...['a folder is in place of the lock of reservations', 'a resolv.conf is removed'],
  ...['a hosts file has another address for a peer'],
  ...['the record and the cached result of a container are removed', 'a name is full of zeros'],
]

describeOnHost('damage of many kinds at once', () => {
  it.each([
    ['native', 'auto'],
    ['exec', 'exec'],
  ] as const)(
    'to what is made the way %s is found, named and healed, by a doctor that follows one that was killed',
    async (way, plugins) => {
      const host = await openHost({ plugins })
      try {
        const place = await openDamageHost(host)
        const [before, others] = [await comparableSnapshot(place), await othersResources(place)]
        expect(await findings(place)).toEqual([])
        const done = damages.filter(
          (each) => (each.way ?? way) === way && sample.includes(each.what),
        )
        expect(done.length).toBeGreaterThan(10)
        const kinds = await damage(place, ...done)
        expect(kinds).toEqual(expect.arrayContaining(done.map(({ kind }) => kind)))
        expect(await repairAndKill(place, 12)).toBe(true)
        expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0, stderr: '' })
        expect(await findings(place)).toEqual([])
        const [told] = toldDamages.filter((each) => (each.way ?? way) === way)
        if (told) expect(await endByHand(place, told)).toBe(told.kind)
        expect(differences(before, await comparableSnapshot(place))).toEqual([])
        expect(await othersResources(place)).toBe(others)
      } finally {
        await host.close()
      }
    },
  )
})
