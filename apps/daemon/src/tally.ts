import type { MetricFamily, MetricSample } from '@vethra/api'

/** The counters of the daemon. */
export interface Tally {
  /** Counts one more of these labels under a name. */
  count(name: string, labels: Readonly<Record<string, string>>, by?: number): void
  /** All counters of a name as a family. */
  family(name: string, help: string): MetricFamily
}

/** Counters that begin at nothing. Labels come from us alone, so that there can't be many. */
export function newTally(): Tally {
  const counters = new Map<string, Map<string, { labels: MetricSample['labels']; value: number }>>()
  return {
    count(name, labels, by = 1) {
      const family = counters.get(name) ?? new Map()
      counters.set(name, family)
      const key = JSON.stringify(labels)
      family.set(key, { labels, value: (family.get(key)?.value ?? 0) + by })
    },
    family: (name, help) => ({
      name,
      type: 'counter',
      help,
      samples: [...(counters.get(name)?.values() ?? [])].map(({ labels = {}, value }) => ({
        labels,
        value,
      })),
    }),
  }
}
