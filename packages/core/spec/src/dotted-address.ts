/**
 * Whether a text is an IPv4 address as Go's net.ParseIP takes it: four decimal octets, each 0 to 255
 * without leading zeros (RFC 3986 3.2.2, `IPv4address`). Such a text is canonical. Nearly all addresses
 * are this, and the start of a hook would wait for a library to be loaded that knows the others.
 */
export function isDottedAddress(text: string): boolean {
  const octets = text.split('.')
  if (octets.length !== 4) return false
  for (const octet of octets) if (!isOctet(octet)) return false
  return true
}

function isOctet(text: string): boolean {
  const value = Number(text)
  return value >= 0 && value < 256 && String(value) === text
}
