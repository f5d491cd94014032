import { describe, expect, it } from 'vitest'
import { parseState } from './index.ts'

const state = {
  ociVersion: '1.0.2',
  id: 'web-1',
  status: 'creating',
  pid: 42,
  bundle: '/bundle',
  annotations: { a: 'b' },
}

describe('parseState', () => {
  it('reads what runc hands a hook', () => {
    expect(parseState(JSON.stringify({ ...state, root: '/x' }))).toEqual(state)
  })

  it('has all that a config.json of any size that is prepared annotates', () => {
    const annotations = { a: 'b'.repeat(15 * 1024 * 1024) }
    expect(parseState(JSON.stringify({ ...state, annotations }))).toMatchObject({ annotations })
  })

  it('has pid 0 and no annotations where a stopped container has none', () => {
    const { pid: _pid, annotations: _annotations, ...stopped } = state
    expect(parseState(JSON.stringify(stopped))).toMatchObject({ pid: 0, annotations: {} })
  })

  it.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['{', 'it is not JSON'],
    [`"${'x'.repeat(16 * 1024 * 1024)}"`, 'it is not JSON'],
  ])('refuses what it cannot decode: %#', (text, fault) => {
    expect(() => parseState(text)).toThrow(
      expect.objectContaining({
        code: 6,
        message: `cannot decode the container state on standard input: ${fault}`,
      }),
    )
  })

  it.each([
    [{ id: '../../etc' }, 'id cannot be'],
    [{ id: 'a'.repeat(300) }, 'id cannot be'],
    [{ id: 7 }, 'id must be string'],
    [{ pid: -1 }, expect.stringContaining('pid')],
    [{ pid: 1.5 }, 'pid must be int, 0 or more'],
    [{ bundle: 'relative' }, expect.stringContaining('bundle')],
    [{ annotations: { a: 1 } }, 'annotations["a"] must be string'],
    [{ annotations: ['a', 1] }, 'annotations must be object'],
  ])('refuses %j', (parts, fault) => {
    const message = typeof fault === 'string' ? expect.stringContaining(fault) : fault
    expect(() => parseState(JSON.stringify({ ...state, ...parts }))).toThrow(
      expect.objectContaining({ code: 107, message }),
    )
  })
})
