import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CniError } from './cni-error.ts'
import { guards, type LockPlaces } from './index.ts'

const places: LockPlaces = {
  netconf: '/etc/cni/net.d',
  dataStore: '/var/lib/nerdctl/1935db59',
  runtime: '/run/vethra',
  networks: '/var/lib/cni/networks',
}

describe('guards', () => {
  it.each([
    ['the conf lists', guards['conf-lists'](places), '/etc/cni/net.d/.nerdctl.lock'],
    ['hosts', guards.hosts(places, 'ns'), '/var/lib/nerdctl/1935db59/etchosts/ns'],
    ['names', guards.names(places, 'ns'), '/var/lib/nerdctl/1935db59/names/ns'],
    ['reservations', guards.reservations(places, 'lan'), '/var/lib/cni/networks/lan/lock'],
  ])('%s are locked where nerdctl and host-local lock them', (_, path, expected) => {
    expect(path).toBe(expected)
  })

  it('our own locks lie in our runtime folder', () => {
    expect(guards.attachment(places, 'default-0a')).toBe('/run/vethra/locks/attachment-default-0a')
    expect(guards['shared-chains'](places)).toBe('/run/vethra/locks/shared-chains')
    expect(guards.ports(places)).toBe('/run/vethra/locks/ports')
  })

  it.each([
    ['hosts', '/var/lib/nerdctl/1935db59/etchosts/'],
    ['names', '/var/lib/nerdctl/1935db59/names/'],
    ['attachment', '/run/vethra/locks/attachment-'],
    ['container', '/run/vethra/locks/container-'],
    ['reservations', '/var/lib/cni/networks/'],
  ] as const)('no text leads the lock of %s out of its folder', (guard, prefix) => {
    const text = fc.oneof(fc.string(), fc.constantFrom('..', '../x', 'a/../..', 'a\n', ''))
    fc.assert(
      fc.property(text, (hostile) => {
        const path = pathOrUndefined(() => guards[guard](places, hostile))
        if (path === undefined) return
        const rest = path.slice(prefix.length).replace(/\/lock$/, '')
        expect(path.startsWith(prefix)).toBe(true)
        expect(rest).not.toMatch(/^$|^\.\.?$|\/|\n/)
      }),
    )
  })
})

function pathOrUndefined(path: () => string): string | undefined {
  try {
    return path()
  } catch (error) {
    if (error instanceof CniError && error.code === 107) return undefined
    throw error
  }
}
