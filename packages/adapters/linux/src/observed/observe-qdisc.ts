import type { Qdisc } from '@vethra/state'
import type { Looking } from './looking.ts'

/** The limit or the redirection of an interface as it is; undefined where there is none. */
export function observeQdisc(known: Looking, wanted: Qdisc): Qdisc | undefined {
  const link = known.link('host', wanted.link)
  if (link === undefined) return undefined
  if ('redirect' in wanted.does) {
    const to = known.redirect(link.index)
    const redirect = to === undefined ? undefined : known.linkAt(to)?.name
    return redirect === undefined ? undefined : { ...wanted, does: { redirect } }
  }
  const limit = known.limit(link.index)
  if (limit === undefined) return undefined
  const { burst } = wanted.does
  // The kernel keeps the burst in ticks of 64 ns.
  const isClose = Math.abs(limit.burst - burst) <= Math.max(2, (limit.rate * 64) / 1e9)
  return { ...wanted, does: { ...limit, burst: isClose ? burst : limit.burst } }
}
