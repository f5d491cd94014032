import { CniError } from '@vethra/cni'

/** Collects the values of a flag that may be repeated. */
export function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** The CniError for a flag's value that is none of those it takes. */
export function unsupported(
  flag: string,
  value: string,
  known: string,
  message?: string,
): CniError {
  return new CniError({
    code: 103,
    message: message ?? `${flag} is ${JSON.stringify(value)}`,
    hint: `Give ${flag} as ${known}.`,
  })
}
