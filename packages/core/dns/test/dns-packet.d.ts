// Its own types bring those of Node along, which core must not have.
declare module 'dns-packet' {
  interface Section {
    name: string
    type: string
    class?: string
    ttl?: number
    data?: unknown
    [key: string]: unknown
  }
  interface Packet {
    id?: number
    type?: 'query' | 'response'
    flags?: number
    rcode?: string
    flag_qr?: boolean
    flag_aa?: boolean
    flag_tc?: boolean
    flag_rd?: boolean
    flag_ra?: boolean
    flag_ad?: boolean
    flag_cd?: boolean
    questions?: Section[]
    answers?: Section[]
    authorities?: Section[]
    additionals?: Section[]
  }
  export function encode(packet: Packet): Uint8Array
  export function decode(octets: Uint8Array): Required<Packet>
}
