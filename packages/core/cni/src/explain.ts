import { CniError } from './cni-error.ts'
import { oneLine } from './printable.ts'

/**
 * The lines that an app prints for an error or, told so, for a warning: `error: …`, one ` caused by: …` line for each cause
 * (those of an AggregateError one after the other), then each hint as ` hint: …`. Each text appears
 * once. No line break and no control character of a message survives: nothing that a plugin printed
 * passes for ours.
 */
export function explain(error: unknown, as: 'error' | 'warning' = 'error'): readonly string[] {
  const chain = causes(error)
  const [first, ...rest] = new Set(chain.map(describe))
  const hints = chain.flatMap((each) => (each instanceof CniError && each.hint ? [each.hint] : []))
  return [
    `${as}: ${first}`,
    ...rest.map((text) => `  caused by: ${text}`),
    ...[...new Set(hints)].map((hint) => `  hint: ${oneLine(hint)}`),
  ]
}

function causes(error: unknown, seen: readonly unknown[] = []): readonly unknown[] {
  if (error === undefined || seen.includes(error)) return []
  const trail = [...seen, error]
  if (error instanceof AggregateError) return error.errors.flatMap((each) => causes(each, trail))
  return [error, ...(error instanceof Error ? causes(error.cause, trail) : [])]
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error).trim())
  if (!(error instanceof CniError)) return oneLine(error.message.trim())
  const details = error.details ? `: ${error.details}` : ''
  // Below 100 codes are the CNI protocol's (SPEC 1.1.0, section 5), or a plugin's own.
  const whose = error.code < 100 ? 'CNI code' : 'code'
  return oneLine(`${error.message}${details} (${whose} ${error.code})`.trim())
}
