import { expect, it } from 'vitest'
import { faultLines } from './fault-lines.ts'

it('a fault is told with its place, and no source', () => {
  const fault = new TypeError('x is undefined')
  fault.stack = 'TypeError: x is undefined\n1 | let a=b;\n    at f (/$bunfs/root/main.js:1:2)'
  expect(faultLines(fault)).toEqual([
    'error: x is undefined',
    expect.stringMatching(/hint: .*Report/),
    '    at f (/$bunfs/root/main.js:1:2)',
  ])
  expect(faultLines('odd')).toEqual(['error: odd', expect.stringMatching(/Report/)])
})

it('a process without a JIT is told the way out', () => {
  const [error, hint, ...more] = faultLines(new TypeError('bun:ffi requires the JIT'))
  expect([error, hint, more]).toEqual([
    expect.stringMatching(/^error: cannot call libc/),
    expect.stringContaining('BUN_JSC_useJIT'),
    [],
  ])
})
