/** Octets in lower-case hexadecimal digits. */
export function bytesToHex(octets: Uint8Array): string {
  return octets.toHex()
}

/** The octets of a text in UTF-8. */
export function utf8ToBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
