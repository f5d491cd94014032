import type { PluginReport } from '@vethra/world'
import { expect, it } from 'vitest'
import { reportLines, stepLines } from './report-lines.ts'
import { inSequence } from './sequence.ts'

const report = (stderr: string, status = 'exit status 0'): PluginReport => ({
  call: {
    type: 'rec',
    operation: 'ADD',
    containerId: 'a',
    netns: '/n',
    ifname: 'eth0',
    cniArgs: [],
    stdin: '{}',
  },
  path: '/p/rec',
  stdout: '',
  stderr,
  status,
  elapsedMs: 4.6,
})

it('what a plugin that succeeded wrote is handed on, line by line, without what a terminal obeys', () => {
  expect(reportLines(report('one\nerror: \u001b[31mtwo\n'), { debug: false })).toEqual([
    'plugin "rec": one',
    'plugin "rec": error: \\u001b[31mtwo',
  ])
})

it('nothing is told of a plugin that wrote nothing, or whose failure tells it', () => {
  expect(reportLines(report(' \n'), { debug: false })).toEqual([])
  expect(reportLines(report('one', 'exit status 1'), { debug: false })).toEqual([])
})

it('at debug level each run is one line', () => {
  expect(reportLines(report(''), { debug: true })).toEqual([
    'debug: ADD /p/rec 5 ms, exit status 0',
  ])
  expect(reportLines(report('one\ntwo', 'exit status 1'), { debug: true })).toEqual([
    'debug: ADD /p/rec 5 ms, exit status 1: one two',
  ])
})

it('a plugin that writes without end is cut short', () => {
  const [line = '', ...more] = reportLines(report('x'.repeat(1_000_000)), { debug: false })
  expect([more, line.length < 20_000]).toEqual([[], true])
})

it('a step has a line with its milliseconds when it ends, an inner one first', async () => {
  const lines: string[] = []
  const times = [0, 4, 7, 11]
  const log = stepLines(
    (line) => lines.push(line),
    () => times.shift() ?? 0,
  )
  const inner = () => inSequence((step) => step('inner', async () => 1), log)
  await inSequence((step) => step('outer\u001b', inner), log)
  expect(lines).toEqual(['debug: inner 3 ms', 'debug: outer\\u001b 11 ms'])
})
