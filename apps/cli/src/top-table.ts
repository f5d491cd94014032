import type { Octets, Traffic } from '@vethra/engine'
import { type TableOptions, table } from './table.ts'

/** Traffic, and when it was read. */
export type TimedTraffic = Traffic & { readonly Time: string }

/** Lines of two tables, networks and containers, with octets received and sent a second between two readings; the busiest first. */
export function topLines(
  before: TimedTraffic,
  now: TimedTraffic,
  options: TableOptions,
): readonly string[] {
  const seconds = Math.max(0.001, (Date.parse(now.Time) - Date.parse(before.Time)) / 1000)
  const networks = now.Networks.map((each) => {
    const past = before.Networks.find(({ Name }) => Name === each.Name)
    const cells = [each.Name, each.Driver, String(each.Containers)]
    return row(cells, ratesOf(past, each, seconds))
  })
  const containers = now.Containers.map((each) => {
    const past = before.Containers.find(({ ID }) => ID === each.ID)
    const { ID, Name, State, Networks, Addresses } = each
    const cells = [ID.slice(0, 12), Name, State, Networks.join(','), Addresses.join(',')]
    return row(cells, ratesOf(past, each, seconds))
  })
  const rates = ['RECEIVED', 'SENT']
  return [
    ...table(['NETWORK', 'DRIVER', 'CONTAINERS', ...rates], sorted(networks), options),
    '',
    ...table(
      ['CONTAINER ID', 'NAME', 'STATE', 'NETWORKS', 'ADDRESSES', ...rates],
      sorted(containers),
      options,
    ),
  ]
}

/** Octets a second for people: `1.2 kB/s`; `-` without a counter. */
export function formatRate(octets: number | undefined): string {
  if (octets === undefined) return '-'
  const power = Math.min(units.length - 1, octets < 1000 ? 0 : Math.floor(Math.log10(octets) / 3))
  return `${power === 0 ? Math.round(octets) : (octets / 1000 ** power).toFixed(1)} ${units[power]}`
}

const units = ['B/s', 'kB/s', 'MB/s', 'GB/s'] as const

interface Row {
  readonly cells: readonly string[]
  readonly busy: number
}

type Rates = readonly [received: number | undefined, sent: number | undefined]

function row(cells: readonly string[], [received, sent]: Rates): Row {
  return {
    cells: [...cells, formatRate(received), formatRate(sent)],
    busy: (received ?? -1) + (sent ?? -1),
  }
}

function ratesOf(past: Octets | undefined, now: Octets, seconds: number): Rates {
  return [
    rate(past?.ReceivedBytes, now.ReceivedBytes, seconds),
    rate(past?.SentBytes, now.SentBytes, seconds),
  ]
}

// An interface that was made anew counts from nothing.
function rate(
  past: number | undefined,
  now: number | undefined,
  seconds: number,
): number | undefined {
  if (past === undefined || now === undefined) return undefined
  return Math.max(0, now - past) / seconds
}

function sorted(rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.toSorted((a, b) => b.busy - a.busy).map(({ cells }) => cells)
}
