/** A change to a text: `length` characters from `at` on are replaced. */
export interface TextEdit {
  readonly at: number
  readonly length: number
  readonly text: string
}

/** The text after edits, which stand in order and do not overlap; undefined where they do not fit it. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string | undefined {
  const parts: string[] = []
  let end = 0
  for (const { at, length, text: part } of edits) {
    if (at < end || at + length > text.length) return undefined
    parts.push(text.slice(end, at), part)
    end = at + length
  }
  return parts.join('') + text.slice(end)
}
