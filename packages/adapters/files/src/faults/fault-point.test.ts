import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { pointOf, type StepKind } from './fault-point.ts'
import { type Fault, readFault } from './read-fault.ts'

it.each<[string | undefined, Fault | undefined]>([
  ['kill:7', { kind: 'kill', step: 7, lasting: false }],
  ['stop:2', { kind: 'stop', step: 2, lasting: false }],
  ['ENOSPC:1', { kind: 'ENOSPC', step: 1, lasting: false }],
  ['EROFS:12+', { kind: 'EROFS', step: 12, lasting: true }],
  [undefined, undefined],
  ['', undefined],
  ['kill', undefined],
  ['kill:', undefined],
  ['kill:-1', undefined],
  ['EIO:1', undefined],
  ['kill:1 ', undefined],
])('%j is the fault %j', (text, fault) => {
  expect(readFault(text)).toEqual(fault)
})

const steps: readonly StepKind[] = ['lock', 'write', 'remove', 'plugin', 'write', 'write']

function outcomes(text: string): readonly string[] {
  const died: string[] = []
  const point = pointOf(readFault(text), (name) => died.push(name))
  return steps.map((kind, index) => {
    try {
      point(kind, String(index))
      return died.splice(0)[0] ?? '-'
    } catch (error) {
      return (error as { code: string }).code
    }
  })
}

it.each([
  ['kill:1', ['SIGKILL', '-', '-', '-', '-', '-']],
  ['kill:4', ['-', '-', '-', 'SIGKILL', '-', '-']],
  ['stop:4', ['-', '-', '-', 'SIGSTOP', '-', '-']],
  ['kill:7', ['-', '-', '-', '-', '-', '-']],
  ['ENOSPC:2', ['-', '-', '-', '-', 'ENOSPC', '-']],
  ['ENOSPC:2+', ['-', '-', '-', '-', 'ENOSPC', 'ENOSPC']],
  ['EROFS:2', ['-', '-', 'EROFS', '-', '-', '-']],
  ['EROFS:1+', ['-', 'EROFS', 'EROFS', '-', 'EROFS', 'EROFS']],
  ['nothing', ['-', '-', '-', '-', '-', '-']],
])('%s: steps have the outcomes %j', (text, expected) => {
  expect(outcomes(text)).toEqual(expected)
})

it('a process is killed by the variable that it is started with, and says where', () => {
  const source = `import { faultPoint } from ${JSON.stringify(new URL('./fault-point.ts', import.meta.url).href)}
    faultPoint('write', 'a'); process.env.VETHRA_FAULT = 'kill:1'; faultPoint('write', 'b'); console.log('lived')`
  const run = (fault: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      env: { VETHRA_FAULT: fault },
      encoding: 'utf8',
    })
  expect(run('kill:2')).toMatchObject({
    signal: 'SIGKILL',
    stdout: '',
    stderr: 'fault: killed at step 2, write b\n',
  })
  expect(run('')).toMatchObject({ status: 0, stdout: 'lived\n' })
})
