import { dnsType } from './numbers.ts'

/** How RDATA is cut where it may hold compressed names: a count of octets, `text` for a character-string, `name`; the rest is octets. */
type DataLayout = readonly (number | 'text' | 'name')[]

const name: DataLayout = ['name']
const nameBehindTwo: DataLayout = [2, 'name']

// RFC 1035, section 3.3, and those that RFC 3597, section 4, has receivers decompress.
const layouts: ReadonlyMap<number, DataLayout> = new Map([
  [dnsType.NS, name],
  [3, name], // MD
  [4, name], // MF
  [dnsType.CNAME, name],
  [dnsType.SOA, ['name', 'name']],
  [7, name], // MB
  [8, name], // MG
  [9, name], // MR
  [dnsType.PTR, name],
  [14, ['name', 'name']], // MINFO
  [dnsType.MX, nameBehindTwo],
  [17, ['name', 'name']], // RP
  [18, nameBehindTwo], // AFSDB
  [21, nameBehindTwo], // RT
  [24, [18, 'name']], // SIG
  [26, [2, 'name', 'name']], // PX
  [30, name], // NXT
  [dnsType.SRV, [6, 'name']],
  [dnsType.NAPTR, [4, 'text', 'text', 'text', 'name']],
  [36, nameBehindTwo], // KX
  [dnsType.DNAME, name],
])

// Those of RFC 1035 alone may be compressed when they are sent.
const compressed: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15])

/** The layout of a type's RDATA; undefined where it is octets. */
export function dataLayout(type: number): DataLayout | undefined {
  return layouts.get(type)
}

/** Whether names in a type's RDATA may be compressed when they are sent (RFC 3597, section 4). */
export function mayCompress(type: number): boolean {
  return compressed.has(type)
}
