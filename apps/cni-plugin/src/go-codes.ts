import { CniError, type Json } from '@vethra/cni'

/** The CniError 999 of a text. */
export function failed(message: string): CniError {
  return new CniError({ code: 999, message })
}

/** The kind of a JSON value in the words of Go's decoder. */
export function goKind(value: Json): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

/** Codes that a caller decides by: try again later, not available, and what the SPEC gives to no plugin. */
const kept: readonly number[] = [1, 2, 3, 4, 6, 11, 50, 51]

/** Awaits what fails with codes of ours; the reference plugins give such errors no code of their own: 999. */
export async function inGoCodes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CniError) || kept.includes(error.code)) throw error
    // What the kernel lacks stands in the hint.
    const details = error.details ?? (error.code === 5 ? error.hint : undefined)
    const code = error.code === 105 ? 11 : 999
    throw new CniError({ code, message: error.message, cause: error, details })
  }
}
