import { type ClientHttp2Session, connect } from 'node:http2'
import { createConnection } from 'node:net'

interface UnaryCall {
  /** The path of a Unix socket. */
  readonly socket: string
  /** `/PACKAGE.SERVICE/METHOD`. */
  readonly method: string
  readonly timeoutMs: number
  /** Names and values that go with the call. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** The largest answer that is read: a node has hundreds of pods of some 500 octets. */
const mostOctets = 16 * 1024 * 1024

/** The message that a gRPC server answers with; empty where none answers in time, or with anything but one whole message. */
export async function callUnary(call: UnaryCall): Promise<Uint8Array> {
  const { socket, timeoutMs } = call
  const session = connect('http://localhost', { createConnection: () => createConnection(socket) })
  const late = setTimeout(() => session.destroy(), timeoutMs)
  try {
    return messageOf(await readAnswer(session, call))
  } finally {
    clearTimeout(late)
    session.destroy()
  }
}

// Rejects for nothing: a runtime that is down, or is none, has no records, and that is all that is asked.
function readAnswer(session: ClientHttp2Session, { method, metadata }: UnaryCall): Promise<Buffer> {
  return new Promise((resolve) => {
    const nothing = () => resolve(Buffer.alloc(0))
    const chunks: Buffer[] = []
    let octets = 0
    session.once('error', nothing)
    session.once('close', nothing)
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata,
    })
    stream.once('error', nothing)
    stream.once('close', nothing)
    stream.on('data', (chunk: Buffer) => {
      octets += chunk.length
      chunks.push(chunk)
      if (octets > mostOctets) session.destroy()
    })
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.end(emptyMessage)
  })
}

// gRPC over HTTP/2: a flag that says whether it is compressed, the length in four octets, the message.
const emptyMessage = Buffer.alloc(5)

function messageOf(frame: Buffer): Uint8Array {
  const isWhole = frame.length >= 5 && frame[0] === 0 && frame.length === 5 + frame.readUInt32BE(1)
  return isWhole ? frame.subarray(5) : new Uint8Array()
}
