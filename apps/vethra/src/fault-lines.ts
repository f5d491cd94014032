import { explain, ioError, systemHint } from '@vethra/cni'
import type { LostOutput } from './output.ts'

/** The lines for an error that is no CniError, with places by name; a system that forbids machine code made at run time is named. */
export function faultLines(fault: unknown): readonly string[] {
  const { message = '', stack = '' } = fault instanceof Error ? fault : {}
  // bun gives it no code.
  if (message === 'bun:ffi requires the JIT') return withoutJit
  return [
    ...explain(fault),
    '  hint: This is a fault of vethra itself. Report it with the lines below.',
    ...stack.split('\n').filter((line) => /^\s+at /.test(line)),
  ]
}

const withoutJit = [
  'error: cannot call libc: this process may not run machine code that it makes itself',
  '  hint: Unset BUN_JSC_useJIT, set MemoryDenyWriteExecute=no in a unit, and allow 4 GiB of addresses (ulimit -v).',
]

/** The lines that tell of output that was lost. */
export function lostLines({ fault: cause, done }: LostOutput): readonly string[] {
  const cannot = 'cannot write to standard output'
  const message = done.length === 0 ? cannot : `${cannot}, but it is done: ${done.join('; ')}`
  return explain(ioError(message, { cause, hint: systemHint(cause) }))
}
