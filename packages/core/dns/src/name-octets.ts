import { malformed } from './octets.ts'

/** A name as octets, the root's at the end. Throws CniError 6 for an empty label, one beyond 63, 255 in all, or beyond U+00FF. */
export function nameOctets(name: string): Uint8Array {
  const octets = octetsOf(name)
  if (octets === undefined) throw malformed(`${JSON.stringify(name.slice(0, 64))} cannot be a name`)
  return octets
}

/** Whether a text can be a name in DNS: what `nameOctets` takes. */
export function canBeName(name: string): boolean {
  if (name.length < 254 && hostLike.test(name)) return true
  return octetsOf(name) !== undefined
}

// Thousands of names are checked at once, and nearly all are of this form.
const hostLike = /^[\w-]{1,63}(?:\.[\w-]{1,63})*$/

const dot = 46
const backslash = 92
const longest = 255

// One pass: whoever has a domain chooses names, and how many labels they have.
function octetsOf(name: string): Uint8Array | undefined {
  if (name === '.') return Uint8Array.of(0)
  const octets = new Uint8Array(longest + 1)
  let label = 0
  let end = 1
  for (let at = 0; at < name.length; at += 1) {
    let code = name.charCodeAt(at)
    if (code === dot) {
      if (!endLabel(octets, label, end)) return undefined
      label = end
    } else {
      if (code === backslash && at + 1 < name.length) {
        const decimal = decimalAt(name, at + 1)
        code = decimal ?? name.charCodeAt(at + 1)
        at += decimal === undefined ? 1 : 3
      }
      if (code > 255) return undefined
      octets[end] = code
    }
    end += 1
    if (end > longest) return undefined
  }
  const hasDotAtEnd = label > 0 && end === label + 1
  if (hasDotAtEnd) return octets.slice(0, end)
  return endLabel(octets, label, end) && end < longest ? octets.slice(0, end + 1) : undefined
}

// Writes how long the label is that began at an octet.
function endLabel(octets: Uint8Array, label: number, end: number): boolean {
  octets[label] = end - label - 1
  return end - label > 1 && end - label <= 64
}

function decimalAt(name: string, at: number): number | undefined {
  const digits = /^\d{3}/.exec(name.slice(at, at + 3))?.[0]
  return digits === undefined ? undefined : Number(digits)
}

/** A name as the zone knows it: in lower case, without the dot at its end. */
export function bareName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}
