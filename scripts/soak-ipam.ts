// Kills host-local at random moments of ADD and DEL; after each kill every address must be held by one
// complete reservation or be free, and the next command must succeed. scripts/soak runs it.
import { openHost } from '../e2e/host.ts'
import { killAtRandom } from '../e2e/ipam-kill.ts'

const kills = Number(process.env['VETHRA_SOAK_IPAM_KILLS'] ?? 2000)

const host = await openHost()
try {
  const began = performance.now()
  const { died, after } = await killAtRandom(host, kills)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(
    `${kills} kills of host-local at random moments (${died} before it was done), ${after} commands after them, ` +
      `ours and Debian's: all succeeded, no address twice, none incomplete; ${seconds} s`,
  )
} finally {
  await host.close()
}
