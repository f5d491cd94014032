/** Types of records and questions that are named here (RFC 1035, 3596, 2782, 6672, 9460); any other goes by its number. */
export const dnsType = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const

/** Classes: the Internet's, CHAOS, and any. */
export const dnsClass = { IN: 1, CH: 3, ANY: 255 } as const

/** Operations of a message. */
export const dnsOpcode = { QUERY: 0, NOTIFY: 4, UPDATE: 5 } as const

/** Response codes; those from 16 up need EDNS. */
export const dnsRcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const

const typeNames = new Map<number, string>(
  Object.entries(dnsType).map(([name, number]) => [number, name]),
)

/** `AAAA` for 28; `TYPE123` for one that has no name here (RFC 3597, section 5). */
export function typeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`
}
