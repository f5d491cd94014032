/** A version of the CNI specification that this runtime speaks. */
export type SpecVersion = (typeof specVersions)[number]

/** The supported versions of the specification, ascending. The last one is the current one. */
export const specVersions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const

/** Whether the text is exactly one of the supported versions: `0.4` is not `0.4.0`. */
export function isSpecVersion(text: string): text is SpecVersion {
  return (specVersions as readonly string[]).includes(text)
}

/** Negative when `a` is older, 0 when equal, else positive: up to three integers, missing ones 0, '' is 0.1.0 (libcni); `NaN` for others. */
export function compareVersions(a: string, b: string): number {
  const left = parts(a)
  const right = parts(b)
  if ([...left, ...right].some(Number.isNaN)) return Number.NaN
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function parts(version: string): readonly number[] {
  const pieces = (version === '' ? '0.1.0' : version).split('.')
  return pieces.length > 3
    ? [Number.NaN]
    : pieces.map((piece) => (/^[+-]?\d+$/.test(piece) ? Number(piece) : Number.NaN))
}
