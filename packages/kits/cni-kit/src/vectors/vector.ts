/** A rule that an implementation has to keep. */
export interface Vector {
  /** Where it is written: `SPEC 1, "name"` is section 1 of the CNI specification 1.1.0, `libcni` a habit of the reference library. */
  readonly section: string
  /** Numbers of conformance cases that it is about, as `case 4` or `cases 4, 5`. Absent when it is about none of them. */
  readonly cases?: string
  /** The rule in one sentence. */
  readonly rule: string
}

/** The error of an implementation that refuses. */
export interface Fault {
  /** The code of SPEC 5, "Error". */
  readonly code: number
  /** A part of the message, the messages of causes included. */
  readonly says: string
}

/** Vectors with a title for each, ready for `it.each`. */
export function titled<T extends Vector>(vectors: readonly T[]): readonly [string, T][] {
  return vectors.map((vector) => {
    const cases = vector.cases === undefined ? '' : ` (${vector.cases})`
    return [`${vector.section}${cases}: ${vector.rule}`, vector]
  })
}
