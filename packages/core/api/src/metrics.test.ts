import { expect, it } from 'vitest'
import { renderMetrics } from './index.ts'

it('metrics are what Prometheus reads, with labels escaped', () => {
  const text = renderMetrics([
    {
      name: 'vethra_repairs_total',
      type: 'counter',
      help: 'Repairs\nby kind.',
      samples: [
        { labels: { kind: 'a"b\\c\nd' }, value: 2 },
        { labels: { kind: 'x', outcome: 'done' }, value: 0 },
      ],
    },
  ])
  expect(text).toBe(`# HELP vethra_repairs_total Repairs\\nby kind.
# TYPE vethra_repairs_total counter
vethra_repairs_total{kind="a\\"b\\\\c\\nd"} 2
vethra_repairs_total{kind="x",outcome="done"} 0
`)
})
