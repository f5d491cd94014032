import { type CniError, usageError } from '@vethra/cni'
import { shown } from './toml.ts'

interface Refused {
  /** A flag, a variable, or `KEY in FILE`. */
  readonly where: string
  readonly value: unknown
}

/** The CniError 103 for a value that cannot be, and for what to give. */
export function invalid({ where, value }: Refused, fault: string, hint: string): CniError {
  return usageError(`${where}: ${JSON.stringify(shown(value).slice(0, 128))} ${fault}`, hint)
}
