import { malformed } from './malformed.ts'

/**
 * The labels of a name, each as its octets; none for the root. Takes what `readName` gives, a dot at the end too.
 * Throws CniError 6 for an empty label, one of more than 63 octets, more than 255 in all, or what is not ASCII.
 */
export function nameLabels(name: string): readonly Uint8Array[] {
  const labels = plain.test(name) ? plainLabels(name) : escapedLabels(name)
  if (labels === undefined) throw malformed(`${JSON.stringify(name.slice(0, 64))} cannot be a name`)
  return labels
}

/** Whether a text can be a name in DNS: what `nameLabels` takes. */
export function canBeName(name: string): boolean {
  if (name.length < 254 && hostLike.test(name)) return true
  return (plain.test(name) ? plainLabels(name) : escapedLabels(name)) !== undefined
}

// Thousands of names are checked at once, and nearly all are of this form.
const hostLike = /^[\w-]{1,63}(?:\.[\w-]{1,63})*$/

const plain = /^[!-[\]-~]+$/

function plainLabels(name: string): readonly Uint8Array[] | undefined {
  if (name === '.') return []
  const bare = name.endsWith('.') ? name.slice(0, -1) : name
  return fitting(bare.split('.').map((label) => octetsOf(label)))
}

function escapedLabels(name: string): readonly Uint8Array[] | undefined {
  const labels: number[][] = [[]]
  for (const [, decimal, escaped, dot, other] of name.matchAll(/\\(\d{3})|\\(.)|(\.)|([\s\S])/gu)) {
    if (dot !== undefined) labels.push([])
    else labels.at(-1)?.push(Number(decimal ?? (escaped ?? other ?? '').codePointAt(0)))
  }
  if (labels.length > 1 && labels.at(-1)?.length === 0) labels.pop()
  if (labels.flat().some((octet) => octet > 255)) return undefined
  return fitting(labels.map((label) => Uint8Array.from(label)))
}

function fitting(labels: readonly Uint8Array[]): readonly Uint8Array[] | undefined {
  const length = labels.reduce((sum, label) => sum + label.length + 1, 1)
  const fits = labels.every((label) => label.length > 0 && label.length <= 63)
  return fits && length <= 255 ? labels : undefined
}

function octetsOf(label: string): Uint8Array {
  const octets = new Uint8Array(label.length)
  for (let at = 0; at < label.length; at += 1) octets[at] = label.charCodeAt(at)
  return octets
}
