import type { SeenNamespace } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { homeLife, homeOfTask } from './container-home.ts'

const here = { bootId: 'b', place: 'pid:4:1' }
const then = { ...here, netns: '/proc/7/ns/net', netnsId: '4:9', cookie: '1', startTime: '100' }
const seen: SeenNamespace = {
  ...here,
  found: 'namespace',
  netnsId: '4:9',
  cookie: '1',
  startTime: '100',
}

describe('homeLife', () => {
  it.each([
    ['its process', {}, 'alive'],
    ['another process in the same namespace', { startTime: '101' }, 'gone'],
    ['its process, where the kernel has no cookies', { cookie: undefined }, 'alive'],
    ['no process', { found: 'missing', netnsId: '', startTime: undefined }, 'gone'],
    ['its process in another namespace', { cookie: '2', netnsId: '4:8' }, 'unknown'],
    ['a process after another boot', { bootId: 'c' }, 'gone'],
    [
      'a process of another PID namespace',
      { place: 'pid:4:2', startTime: '101', cookie: undefined },
      'unknown',
    ],
  ] as const)('where there is %s', (_what, change, life) => {
    const now = Object.fromEntries(
      Object.entries({ ...seen, ...change }).filter(([, value]) => value !== undefined),
    ) as unknown as SeenNamespace
    expect(homeLife(then, now)).toBe(life)
  })

  it('goes by process and start time where nothing else was written', () => {
    const task = homeOfTask('{"init_process_pid":7,"init_process_start":100}')
    expect(task).toMatchObject({ netns: '/proc/7/ns/net', startTime: '100' })
    expect(task && homeLife(task, seen)).toBe('alive')
    expect(task && homeLife(task, { ...seen, startTime: '101' })).toBe('gone')
    expect(homeOfTask('{"pid":7,"process-start-time":100}')).toEqual(task)
  })
})

it.each([
  '',
  '{',
  '[]',
  'null',
  '{"init_process_pid":7}',
  '{"init_process_pid":"7","init_process_start":1}',
  '{"init_process_pid":0,"init_process_start":1}',
  '{"init_process_pid":-7,"init_process_start":1}',
  '{"init_process_pid":7.5,"init_process_start":1}',
  '{"init_process_pid":1e300,"init_process_start":1}',
  '['.repeat(100_000),
])('%.40s tells of no task', (text) => {
  expect(homeOfTask(text)).toBeUndefined()
})
