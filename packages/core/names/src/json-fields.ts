import { type CniError, invalidFileError, isTexts, type Json } from '@vethra/cni'

/** The strings of an array; undefined when the value is no array of strings alone. */
export function asTexts(value: Json | undefined): readonly string[] | undefined {
  return isTexts(value) ? value : undefined
}

/** CniError 107 that names the field of meta.json and what is wrong with it. */
export function untrusted(field: string, fault: string): CniError {
  return invalidFileError(
    `cannot use meta.json: ${field} ${fault}`,
    'Start the container again: that rewrites the file.',
  )
}
