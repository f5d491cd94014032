/** A rule that an implementation has to keep. */
export interface Vector {
  /** Where it is written: `SPEC 1, "name"` is section 1 of the CNI specification 1.1.0, `libcni` a habit of the reference library. */
  readonly section: string
  /** Numbers of conformance cases that it is about, as `case 4` or `cases 4, 5`. Absent when it is about none of them. */
  readonly cases?: string
  /** The rule in one sentence. */
  readonly rule: string
}

/** What an implementation has to say when it refuses. */
export interface Fault {
  /** Of SPEC 5, "Error". */
  readonly code: number
  /** What the message contains, the messages of causes included. */
  readonly says: string
}

/** Vectors with a title for each, ready for `it.each`. */
export function titled<T extends Vector>(vectors: readonly T[]): readonly [string, T][] {
  return vectors.map((vector) => {
    const cases = vector.cases === undefined ? '' : ` (${vector.cases})`
    return [`${vector.section}${cases}: ${vector.rule}`, vector]
  })
}
