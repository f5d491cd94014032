import { dlopen } from 'bun:ffi'

/** For tests: a socket that takes datagrams at a path. */
export interface Receiver {
  /** The datagrams that have come since the last call. */
  take(): readonly string[]
  close(): void
}

/** For tests: listens at a path, or at an abstract name after `@`. */
export function receiveInBun(socket: string): Receiver {
  const { symbols } = dlopen('libc.so.6', {
    socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
    recv: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
    close: { args: ['i32'], returns: 'i32' },
  })
  const descriptor = symbols.socket(1, 2, 0)
  const path = Buffer.from(socket.replace(/^@/, '\0'))
  const address = Buffer.concat([new Uint8Array(new Uint16Array([1]).buffer), path])
  if (symbols.bind(descriptor, address, address.length) !== 0) throw new Error('cannot bind')
  const next = (): string | undefined => {
    const buffer = Buffer.alloc(4096)
    const length = Number(symbols.recv(descriptor, buffer, buffer.length, dontWait))
    return length < 0 ? undefined : buffer.toString('utf8', 0, length)
  }
  return {
    take() {
      const taken: string[] = []
      for (let text = next(); text !== undefined; text = next()) taken.push(text)
      return taken
    },
    close: () => void symbols.close(descriptor),
  }
}

const dontWait = 0x40
