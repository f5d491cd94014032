/** A record as `KEY=VALUE` texts, in its order. */
export function pairTexts(record: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(record).map(([key, value]) => `${key}=${value}`)
}

/** `KEY=VALUE` texts of repeated flags by key: without `=` the value is empty, and the last one of a key wins. */
export function readPairs(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const cut = text.indexOf('=')
      return cut === -1 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)]
    }),
  )
}
