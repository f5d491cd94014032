import { expect, it } from 'vitest'
import { formatRate, type TimedTraffic, topLines } from './top-table.ts'

const container = {
  Name: 'web',
  State: 'running',
  Networks: ['lan'],
  Addresses: ['10.4.1.2/24'],
} as const
const at = (Time: string, ReceivedBytes: number, SentBytes: number): TimedTraffic => ({
  Time,
  Networks: [
    { Name: 'mac', Driver: 'macvlan', Containers: 1 },
    { Name: 'lan', Driver: 'bridge', Containers: 1, ReceivedBytes, SentBytes },
  ],
  Containers: [
    { ID: 'idle', ...container, Name: 'i\u001b[2Jdle', State: 'stopped', Addresses: [] },
    { ID: '0123456789abcdef', ...container, ReceivedBytes, SentBytes },
  ],
})

it('tells octets a second, the busiest first, and lets no name write on the terminal', () => {
  const before = at('2026-01-01T00:00:00Z', 1000, 5000)
  const now = at('2026-01-01T00:00:02Z', 5000, 4000)
  expect(topLines(before, now, { terminal: false })).toEqual([
    'NETWORK  DRIVER   CONTAINERS  RECEIVED  SENT',
    'lan      bridge   1           2.0 kB/s  0 B/s',
    'mac      macvlan  1           -         -',
    '',
    'CONTAINER ID  NAME           STATE    NETWORKS  ADDRESSES    RECEIVED  SENT',
    '0123456789ab  web            running  lan       10.4.1.2/24  2.0 kB/s  0 B/s',
    'idle          i\\u001b[2Jdle  stopped  lan                    -         -',
  ])
})

it.each([
  [undefined, '-'],
  [0, '0 B/s'],
  [999.4, '999 B/s'],
  [1000, '1.0 kB/s'],
  [1_234_567, '1.2 MB/s'],
  [5e13, '50000.0 GB/s'],
])('%s octets a second are %s', (octets, text) => {
  expect(formatRate(octets)).toBe(text)
})
