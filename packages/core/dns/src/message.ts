/** A DNS message (RFC 1035, section 4). */
export interface DnsMessage {
  /** 0 to 65535. */
  readonly id: number
  readonly flags: DnsFlags
  /** 0 to 15; `dnsOpcode` names some. */
  readonly opcode: number
  /** 0 to 15, or to 4095 with `edns`; `dnsRcode` names some. */
  readonly rcode: number
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  /** Without the OPT record: that is `edns`. */
  readonly additionals: readonly DnsRecord[]
  readonly edns?: DnsEdns
}

/** The flags of a header (RFC 1035, section 4.1.1; RFC 4035, section 3). */
export interface DnsFlags {
  /** QR: an answer, not a question. */
  readonly response: boolean
  /** AA */
  readonly authoritative: boolean
  /** TC: more than fits; ask by TCP. */
  readonly truncated: boolean
  /** RD */
  readonly recursionDesired: boolean
  /** RA */
  readonly recursionAvailable: boolean
  /** AD: DNSSEC has been checked. */
  readonly authenticData: boolean
  /** CD: the asker checks DNSSEC by itself. */
  readonly checkingDisabled: boolean
}

/** A question. */
export interface DnsQuestion {
  /** In lower case, labels joined by dots, `.` the root; a dot or backslash in a label is escaped, other octets are `\DDD` (RFC 4343, 2.1). */
  readonly name: string
  /** 0 to 65535; `dnsType` names some. */
  readonly type: number
  /** 0 to 65535; `dnsClass` names some. */
  readonly class: number
  /** The name as it was written, letter case kept, for an answer that repeats the question. Absent when it is `name`. */
  readonly spelling?: string
}

/** A record. */
export interface DnsRecord {
  /** As in DnsQuestion. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Seconds, 0 to 2^31-1: a larger one is read as 0 (RFC 2181, section 8). */
  readonly ttl: number
  /** RDATA in order: octets, and names that may be compressed as text (RFC 3597, section 4). `recordText` prints it. */
  readonly data: readonly (Uint8Array | string)[]
}

/** The content of an OPT record (RFC 6891). */
export interface DnsEdns {
  /** The largest UDP message that its sender takes, in octets. */
  readonly udpSize: number
  /** DO: DNSSEC records are wanted. */
  readonly dnssecOk: boolean
  readonly version: number
  readonly options: readonly DnsOption[]
}

/** An EDNS option. */
export interface DnsOption {
  readonly code: number
  readonly data: Uint8Array
}

/** The sections of a message behind its questions, empty. */
export const noRecords = { answers: [], authorities: [], additionals: [] } as const

/** Flags that are all off. */
export const noFlags: DnsFlags = {
  response: false,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
}
