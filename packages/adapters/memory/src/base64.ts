// Conf lists are ASCII nearly always, and a function that names Buffer costs a start 0.1 ms before it has
// done anything.

/** Octets of UTF-8 in base64 (RFC 4648, section 4). */
export function toBase64(text: string): string {
  return isAscii(text) ? btoa(text) : encoded(text)
}

/** The text again. Text that is damaged, or of the other alphabet, is read as far as it goes. */
export function fromBase64(text: string): string {
  try {
    const octets = atob(text)
    if (isAscii(octets)) return octets
  } catch {
    // Buffer takes what atob does not: a DEL needs what there is.
  }
  return decoded(text)
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString()
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) return false
  }
  return true
}
