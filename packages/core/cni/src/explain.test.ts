import { describe, expect, it } from 'vitest'
import { CniError, explain } from './index.ts'

describe('explain', () => {
  it('prints the error, its causes in order, and the hint last', () => {
    const root = new Error("EACCES: permission denied, open '/x/10.0.0.2'")
    const middle = new CniError({
      code: 5,
      message: 'cannot reserve 10.0.0.2 in network lan',
      hint: 'Run as root, or point dataDir at a folder you own.',
      cause: root,
    })
    const top = new CniError({ code: 5, message: 'ADD of network lan failed', cause: middle })
    expect(explain(top)).toEqual([
      'error: ADD of network lan failed (CNI code 5)',
      '  caused by: cannot reserve 10.0.0.2 in network lan (CNI code 5)',
      "  caused by: EACCES: permission denied, open '/x/10.0.0.2'",
      '  hint: Run as root, or point dataDir at a folder you own.',
    ])
  })

  it('lists every error of a teardown that went on', () => {
    const cause = new AggregateError([new Error('first'), new Error('second')])
    expect(explain(new CniError({ code: 106, message: 'DEL failed', cause }))).toEqual([
      'error: DEL failed (code 106)',
      '  caused by: first',
      '  caused by: second',
    ])
  })

  it('shows details, and a hint that two errors share only once', () => {
    const cause = new CniError({ code: 7, message: 'm', details: 'd', hint: 'Do it.' })
    expect(explain(new CniError({ code: 7, message: 'top', hint: 'Do it.', cause }))).toEqual([
      'error: top (CNI code 7)',
      '  caused by: m: d (CNI code 7)',
      '  hint: Do it.',
    ])
  })

  it('says once what an operation and its undoing failed by', () => {
    const refused = () => new CniError({ code: 7, message: 'no such key' })
    const cause = new AggregateError([
      new CniError({ code: 7, message: 'add', cause: refused() }),
      new CniError({ code: 7, message: 'delete', cause: refused() }),
    ])
    expect(explain(new CniError({ code: 7, message: 'ADD failed', cause }))).toEqual([
      'error: ADD failed (CNI code 7)',
      '  caused by: add (CNI code 7)',
      '  caused by: no such key (CNI code 7)',
      '  caused by: delete (CNI code 7)',
    ])
  })

  it('lets no text of a plugin forge a line', () => {
    expect(explain(new Error('boom\nerror: forged\r\u001b[31m'))).toEqual([
      'error: boom error: forged \\u001b[31m',
    ])
  })

  it('ends on a cycle of causes', () => {
    const error = new Error('loop')
    error.cause = error
    expect(explain(error)).toEqual(['error: loop'])
  })
})
