import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observing, onFirewall } from '../test/sample-change.ts'
import { damages as ruleDamages } from '../test/sample-damage.ts'
import { healthyWorld, ownedBy, type World } from '../test/sample-host.ts'
import { linkDamages } from '../test/sample-link-damage.ts'
import { repaired } from '../test/sample-repairs.ts'
import { tableDamages } from '../test/sample-table-damage.ts'
import { describeRepair, diff, type Finding, planRepairs, type Repair } from './index.ts'

const count = 4
const damages = { ...ruleDamages, ...linkDamages, ...tableDamages }
const kindsOf = (findings: readonly Finding[]) => findings.map(({ kind }) => kind)
const found = ({ desired, observed }: World) => diff(desired, observed)

it('a host that is as it should be has no finding', () => {
  expect(found(healthyWorld(count))).toEqual([])
})

describe('what goes wrong is found, repaired, and then gone', () => {
  it.each(Object.entries(damages))('%s', (_, { kind, damage }) => {
    const findings = found(damage(healthyWorld(count), 1))
    expect(kindsOf(findings)).toContain(kind)
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length)
    expect(found(healed(damage(healthyWorld(count), 1)))).toEqual([])
  })
})

describe('properties', () => {
  const accident = fc.record({
    what: fc.constantFrom(...Object.values(damages)),
    index: fc.nat({ max: count - 1 }),
  })
  const accidents = fc.array(accident, { maxLength: 8 })
  const broken = (list: readonly { what: (typeof damages)[string]; index: number }[]) =>
    list.reduce((world, { what, index }) => what.damage(world, index), foreign(healthyWorld(count)))

  it('whatever goes wrong at once, nothing is left that a repair would help', () => {
    fc.assert(
      fc.property(accidents, (list) => {
        const left = found(healed(broken(list)))
        expect(left.filter(({ repair }) => repair)).toEqual([])
      }),
    )
  })

  it('no repair names what is not ours', () => {
    fc.assert(
      fc.property(accidents, (list) => {
        const repairs = planRepairs(found(broken(list)))
        expect(repairs.map(textOf).filter((text) => text.includes('stranger'))).toEqual([])
      }),
    )
  })

  it('what is not ours is still there afterwards, and told', () => {
    fc.assert(
      fc.property(accidents, (list) => {
        const left = kindsOf(found(healed(broken(list))).filter(({ ours }) => !ours))
        expect(left).toEqual(kindsOf(found(foreign(healthyWorld(count)))))
      }),
    )
  })
})

const textOf = (repair: Repair) => `${describeRepair(repair)} ${JSON.stringify(repair)}`

// As `heal` does: what one repair brings to light, the next round repairs.
function healed(world: World): World {
  let now = world
  for (let round = 0; round < 3; round += 1) {
    now = planRepairs(found(now)).reduce(repaired, now)
  }
  return now
}

// A dead attachment, its rules and its reservation, all of another runtime.
function foreign(world: World): World {
  const attachment = { network: 'strangers', containerId: 'stranger', ifname: 'eth0' }
  const seen = {
    ...attachment,
    ...{
      recorded: false,
      recordDamaged: false,
      outdated: false,
      remembered: true,
      restorable: false,
    },
    ...({ ours: false, netns: '/run/netns/stranger', state: 'gone' } as const),
  } as const
  const [wanted] = healthyWorld(1).desired.attachments
  const ports = [{ protocol: 'tcp', hostPort: 9999, containerPort: 80, hostIp: '' }]
  const rules = wanted
    ? ownedBy({ ...wanted, network: 'lan', containerId: 'stranger-2', ports })
    : []
  const reservation = { address: '10.9.0.2', containerId: 'stranger-3', sinceMs: 0 }
  return onFirewall(
    observing(world, ({ attachments, reservations }) => ({
      attachments: [...attachments, seen],
      reservations: [
        ...reservations,
        { network: 'strangers', dataDir: '/var/lib/cni/networks', reservation },
      ],
    })),
    (firewall) => ({
      ...firewall,
      owned: new Map([...firewall.owned, ...rules.map((each) => [each.mark, each] as const)]),
    }),
  )
}
