/** The sockets over which DNS questions are heard, and asked. */
export interface DnsSockets {
  /** Listens on port 53 of an address, UDP and TCP, there or not. Throws CniError 102 when the port is taken, 5 when refused. */
  listen(address: string, hearer: DnsHearer): Promise<DnsListener>
  /** The first message that is accepted; undefined when none comes in time, or the server cannot be reached. Never rejects. */
  ask(asking: DnsAsking): Promise<Uint8Array | undefined>
  /** Has the kernel drop, for some seconds, what an address of ours asks beyond its share, where it can. Never throws. */
  restrain(address: string): void
  /** A number of 16 bits that nobody can guess. */
  randomId(): number
  /** Lines at a Unix socket, for whoever may read it. Throws CniError 5. */
  openLines(path: string): Promise<LineSink>
  /** Hands on the lines at such a socket until it is closed, or `onLine` returns false. Throws CniError 101 when there is none. */
  readLines(path: string, onLine: (line: string) => boolean): Promise<void>
}

/** Lines for those who read them now: nobody waits for a reader. */
export interface LineSink {
  isRead(): boolean
  write(line: string): void
  close(): void
}

/** Sockets of one address. */
export interface DnsListener {
  readonly address: string
  /** Frees the port, and ends connections. */
  close(): void
}

/** Answers the questions that come in. */
export interface DnsHearer {
  /** The answer, or undefined for none: by TCP, that ends the connection. Called for each message; must neither throw nor reject. */
  answer(query: DnsQuery): DnsReply | Promise<DnsReply>
}

/** The octets of an answer; undefined when there is none. */
export type DnsReply = Uint8Array | undefined

/** A message that came in. */
export interface DnsQuery {
  /** Without the length that goes before it in TCP. Nothing of it has been checked. */
  readonly octets: Uint8Array
  /** The address that it came from. */
  readonly asker: string
  /** The address of ours that was asked. */
  readonly at: string
  readonly isTcp: boolean
  /** Whether questions wait longer than they should: more of them are here than are answered in one turn. */
  readonly isBehind: boolean
}

/** A question to a server. */
export interface DnsAsking {
  /** `192.0.2.1`, `2001:db8::1` or `fe80::1%eth0`. */
  readonly server: string
  /** Default: 53. */
  readonly port?: number
  readonly octets: Uint8Array
  readonly overTcp: boolean
  readonly timeoutMs: number
  /** Whether a message is the answer: others are dropped, and the next is waited for. */
  readonly accepts: (octets: Uint8Array) => boolean
  /** The path of the network namespace to ask from, by UDP alone. Default: that of this process. */
  readonly netns?: string
}
