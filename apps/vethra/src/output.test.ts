import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lostLines } from './fault-lines.ts'
import { openOutput } from './output.ts'

const folder = mkdtempSync(join(tmpdir(), 'output-'))

function written(path: string, flags: string, write: (to: ReturnType<typeof openOutput>) => void) {
  const descriptor = openSync(path, flags)
  const output = openOutput(descriptor)
  write(output)
  closeSync(descriptor)
  const lost = output.lost()
  return { lost: output.isLost(), faults: lost ? lostLines(lost) : [] }
}

it('what can be written is', () => {
  const path = join(folder, 'out')
  const ended = written(path, 'w', (to) => {
    to.write('one\n', 'one is done')
    to.write('two\n')
  })
  expect(ended).toEqual({ lost: false, faults: [] })
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

it('what cannot be written is told at the end, with what has been done all the same', () => {
  const { lost, faults } = written('/dev/full', 'w', (to) => {
    to.write('one\n', 'network lan exists')
    to.write('two\n')
    to.write('three\n', 'network back exists')
  })
  expect(lost).toBe(true)
  expect(faults[0]).toMatch(/^error: .*network lan exists; network back exists/)
  expect(faults[1]).toMatch(/^ {2}caused by: ENOSPC/)
})
