import { attribute } from './attributes.ts'
import { join, nulText, type Octets, textOf, u8 } from './octets.ts'

/** A comment as nft writes it: type 0, length, text, NUL. */
export function commentAttribute(type: number, comment: string | undefined): readonly Octets[] {
  if (comment === undefined) return []
  const text = nulText(comment)
  return [attribute(type, join([u8(0), u8(text.length), text]))]
}

/** The comment in user data; empty without one. */
export function commentOf(userdataOctets: Octets = new Uint8Array()): string {
  for (let at = 0; at + 2 <= userdataOctets.length; ) {
    const length = userdataOctets[at + 1] ?? 0
    if (userdataOctets[at] === 0) return textOf(userdataOctets.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return ''
}
