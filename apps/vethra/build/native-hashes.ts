/** A digest of bun's. */
type Digest = new () => { update(octets: Uint8Array): { digest(): Uint8Array } }

/** The part of bun's global `Bun` that is called here; this file is compiled with Node's types. */
interface BunGlobal {
  readonly Bun: { readonly SHA256: Digest; readonly SHA512: Digest }
}

// The first digest of a process takes 0.06 ms by these, and 0.2 ms by Bun.CryptoHasher.
const { Bun } = globalThis as unknown as BunGlobal

/** SHA-256 of octets (FIPS 180-4) by bun itself. */
export function sha256(octets: Uint8Array): Uint8Array {
  return new Bun.SHA256().update(octets).digest()
}

/** SHA-512 of octets (FIPS 180-4) by bun itself. */
export function sha512(octets: Uint8Array): Uint8Array {
  return new Bun.SHA512().update(octets).digest()
}

/** Octets in lower-case hexadecimal digits. */
export function bytesToHex(octets: Uint8Array): string {
  // The first Buffer.from() of a process takes 0.1 ms.
  return (octets as unknown as { toHex(): string }).toHex()
}

/** The octets of a text in UTF-8. */
export function utf8ToBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
