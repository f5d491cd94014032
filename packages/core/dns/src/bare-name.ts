/** A name as the zone knows it: in lower case, without the dot at its end. */
export function bareName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}
