import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** How far ahead of now a time may be, in milliseconds, before the clock must have jumped back. */
export const clockSlackMs = 60_000

/** Times in the future: the clock was ahead when they were written, and ages cannot be computed from them. */
export function clockJumped({ nowMs, reservations, containers }: ObservedState): Finding {
  const times = [
    ...reservations.map(({ network, reservation: { address, sinceMs } }) => ({
      what: `address ${address} of network ${network} was reserved`,
      ms: sinceMs,
    })),
    ...containers.map(({ id, startedMs = 0 }) => ({
      what: `container ${id} was started`,
      ms: startedMs,
    })),
  ]
  const ahead = times.filter(({ ms }) => ms > nowMs + clockSlackMs)
  const furthest = Math.max(nowMs, ...ahead.map(({ ms }) => ms))
  return finding({
    kind: 'clock-jumped',
    severity: 'warning',
    subject: { kind: 'host', name: 'clock' },
    message: `the clock has jumped back: ${ahead.length} stored times are up to ${inWords(furthest - nowMs)} ahead`,
    evidence: [
      ...ahead.slice(0, 3).map(({ what, ms }) => `${what} ${inWords(ms - nowMs)} from now`),
      ...(ahead.length > 3 ? [`and ${ahead.length - 3} more`] : []),
    ],
    fix: 'timedatectl   (set the clock right, and keep it so by NTP)',
  })
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
