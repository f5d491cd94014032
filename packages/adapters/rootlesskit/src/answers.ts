import { decodeError, goField, type Json, jsonOrNull, parseJsonOr } from '@vethra/cni'
import type { Answer } from './ask.ts'

/** The JSON of an answer. Throws CniError 6 for any other text. */
export function parsed(path: string, { text }: Answer): Json {
  const message = `the answer of RootlessKit to ${path} is not JSON`
  return parseJsonOr(text, (cause) => decodeError(message, { cause }))
}

/** The error that RootlessKit describes, of at most 1,000 characters. */
export function messageOf({ status, text }: Answer): string {
  const message = goField(jsonOrNull(text), 'message')
  const said = typeof message === 'string' && message !== '' ? message : text
  return said.slice(0, 1000).trim() || `status ${status}`
}
