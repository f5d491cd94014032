/** Commands that remove something: they are suggested only for a word that differs by one letter. */
const harmful: ReadonlySet<string> = new Set([
  'rm',
  'remove',
  'del',
  'prune',
  'disconnect',
  'release',
  'gc',
  'uninstall',
])

/** The name nearest to a mistyped word, a third of its letters off at most; one off for a command that removes. Undefined without. */
export function suggestionFor(word: string, names: readonly string[]): string | undefined {
  const near = names
    .map((name) => ({ name, distance: distanceOf(word, name) }))
    .filter(({ name, distance }) => distance <= mostFor(word, name))
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.name
}

/** Whether a command of this name removes something. */
export function isHarmful(name: string): boolean {
  return harmful.has(name)
}

function mostFor(word: string, name: string): number {
  return isHarmful(name) ? Number(word.length > 2) : Math.max(1, Math.floor(word.length / 3))
}

// Optimal string alignment, row by row; a word that is much longer than any command is none of them.
function distanceOf(a: string, b: string): number {
  if (a.length > 40) return Number.POSITIVE_INFINITY
  let [beforeLast, last]: readonly (readonly number[])[] = [
    [],
    Array.from({ length: b.length + 1 }, (_, at) => at),
  ]
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row]
    for (let at = 1; at <= b.length; at += 1) {
      const differs = a[row - 1] === b[at - 1] ? 0 : 1
      const exchanged = row > 1 && at > 1 && a[row - 1] === b[at - 2] && a[row - 2] === b[at - 1]
      now[at] = Math.min(
        (last?.[at] ?? 0) + 1,
        (now[at - 1] ?? 0) + 1,
        (last?.[at - 1] ?? 0) + differs,
        exchanged ? (beforeLast?.[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = now
  }
  return last?.[b.length] ?? 0
}
