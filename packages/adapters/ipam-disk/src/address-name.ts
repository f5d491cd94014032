import { type Address, formatAddress, isCanonical, readAddress } from '@vethra/address'

/** The address that a file of host-local is named by; `undefined` for any other name, another spelling of an address too. */
export function addressOfFile(name: string): Address | undefined {
  return isCanonical(name) ? readAddress(name) : undefined
}

/** Writes a canonical name as 17 octets: the family, then the address. */
export function encodeName(name: string, target: Buffer, at: number): void {
  if (!name.includes(':')) {
    target[at] = 4
    let octet = at + 1
    for (let index = 0; index < name.length; index += 1) {
      const digit = name.charCodeAt(index) - 48
      // A dot, which is below the digits, ends an octet.
      if (digit < 0) octet += 1
      else target[octet] = (target[octet] ?? 0) * 10 + digit
    }
    return
  }
  target[at] = 6
  const { value = 0n } = readAddress(name) ?? {}
  target.writeBigUInt64BE(value >> 64n, at + 1)
  target.writeBigUInt64BE(value & 0xffffffffffffffffn, at + 9)
}

/** The name that was encoded. */
export function decodeName(octets: Buffer): string {
  if (octets[0] === 4) return octets.subarray(1, 5).join('.')
  const value = (octets.readBigUInt64BE(1) << 64n) | octets.readBigUInt64BE(9)
  return formatAddress({ family: 6, value })
}
