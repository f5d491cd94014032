/** Texts in ascending order of their octets in UTF-8, as Go sorts them. */
export function byOctets(texts: readonly string[]): readonly string[] {
  // Only surrogates are ordered otherwise in UTF-16 than in UTF-8, and its order costs far less.
  if (!texts.some((text) => /[\ud800-\udfff]/.test(text))) return [...texts].sort()
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}
