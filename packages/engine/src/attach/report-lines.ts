import { oneLine } from '@vethra/cni'
import type { PluginReport, StepLog } from '@vethra/world'

/** How much of what a plugin writes is handed on, in UTF-16 code units. */
const limit = 16_384

/** The lines of a plugin's run for standard error: at debug level its time and end, else what it wrote although it succeeded. */
export function reportLines(
  { call, path, status, elapsedMs, stderr }: PluginReport,
  { debug }: { readonly debug: boolean },
): readonly string[] {
  const wrote = stderr.trim().slice(0, limit)
  if (debug) {
    const more = wrote === '' ? '' : `: ${oneLine(wrote)}`
    return [`debug: ${call.operation} ${path} ${Math.round(elapsedMs)} ms, ${status}${more}`]
  }
  if (wrote === '' || status !== 'exit status 0') return []
  return wrote.split('\n').map((line) => `plugin ${JSON.stringify(call.type)}: ${oneLine(line)}`)
}

/** Writes a line for each step of an operation when the step ends: its name and its milliseconds by `now`. */
export function stepLines(write: (line: string) => void, now: () => number): StepLog {
  return (name) => {
    const began = now()
    return () => write(`debug: ${oneLine(name)} ${Math.round(now() - began)} ms`)
  }
}
