import { CniError, type JsonObject } from '@vethra/cni'

/** A result as the reference plugins print it: four blanks a level, no newline at the end, `<`, `>` and `&` escaped. */
export function answer(result: JsonObject): string {
  const text = JSON.stringify(result, null, 4)
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Any error as the JSON of an error (SPEC 1.1.0, section 5, "Error"). Codes that are ours alone become those of the SPEC. */
export function errorAnswer(error: unknown): string {
  const code = error instanceof CniError ? codeOf(error.code) : 999
  const msg = error instanceof Error ? error.message : String(error)
  const details = detailsOf(error)
  return answer({ code, msg, ...(details === '' ? {} : { details }) })
}

// 107: what should be a folder of ours is something else. 105: a lock was not to be had.
const codes: Readonly<Record<number, number>> = { 105: 11, 107: 5 }

function codeOf(code: number): number {
  return code < 100 ? code : (codes[code] ?? 999)
}

function detailsOf(error: unknown): string {
  if (!(error instanceof CniError)) return ''
  if (error.details !== undefined) return error.details
  // What was only given another code, or says in the engine's words what is said in Go's, adds nothing.
  if (error.code === 6 || error.cause instanceof CniError) return ''
  return error.cause instanceof Error ? error.cause.message : ''
}
