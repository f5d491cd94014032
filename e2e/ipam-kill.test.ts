import { expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { openHost } from './host.ts'
import { killAtRandom } from './ipam-kill.ts'

// scripts/soak kills 2,000.
const kills = Number(process.env['VETHRA_TEST_IPAM_KILLS'] ?? 80)

describeOnHost('kill -9 of host-local', () => {
  it(`leaves every address with one complete reservation or free, ${kills} times`, async () => {
    const host = await openHost()
    try {
      const killed = await killAtRandom(host, kills)
      expect(killed.kills).toBe(kills)
      expect(killed.died).toBeGreaterThan(kills / 10)
    } finally {
      await host.close()
    }
  })
})
