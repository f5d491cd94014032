import { dlopen } from 'bun:ffi'

/** Sends a datagram by sendto(2). */
export async function sendInBun(socket: string, text: string): Promise<void> {
  const { symbols } = dlopen('libc.so.6', {
    socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    sendto: { args: ['i32', 'ptr', 'usize', 'i32', 'ptr', 'u32'], returns: 'i64' },
    close: { args: ['i32'], returns: 'i32' },
  })
  const descriptor = symbols.socket(unix, datagram | closeOnExec, 0)
  if (descriptor < 0) throw new Error('socket(2) failed')
  try {
    const body = Buffer.from(text)
    const address = addressOf(socket)
    const sent = symbols.sendto(descriptor, body, body.length, noSignal, address, address.length)
    if (Number(sent) !== body.length) throw new Error('sendto(2) failed')
  } finally {
    symbols.close(descriptor)
  }
}

// struct sockaddr_un: the family, then the path; an abstract name begins with a zero octet.
function addressOf(socket: string): Buffer {
  const path = Buffer.from(socket.replace(/^@/, '\0'))
  if (path.length > 107) throw new Error('the path of the socket is too long')
  return Buffer.concat([new Uint8Array(new Uint16Array([unix]).buffer), path])
}

const unix = 1
const datagram = 2
const closeOnExec = 0o2000000
const noSignal = 0x4000
