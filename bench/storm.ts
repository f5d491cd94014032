// Serves on port 80 of its namespace, or measures for some seconds what a port of a host takes: connections that are
// answered, or octets that are sent on one. For bun, whose sockets cost less than what is measured.
const [task = '', hostname = '', seconds = '2'] = process.argv.slice(2)
const port = 8080
const together = 64
const chunk = new Uint8Array(1 << 18)

if (task === 'serve') serve()
else console.log(await (task === 'connections' ? connect() : send()))

// A connection that sends one octet is ended at once; one that sends more is heard to its end.
function serve(): void {
  Bun.listen({
    hostname: '0.0.0.0',
    port: 80,
    socket: {
      data(socket, octets) {
        if (octets.length === 1) socket.terminate()
      },
    },
  })
  console.log('serves')
}

// Each ends by the server's reset: no port waits for stray packets.
async function connect(): Promise<number> {
  const end = performance.now() + Number(seconds) * 1000
  let count = 0
  await new Promise<void>((resolve) => {
    let open = together
    // A reset that is lost comes once only.
    const giveUp = () => {
      console.error(`${open} connections got no end within 5 s, ${count} did`)
      resolve()
    }
    const late = setTimeout(giveUp, (Number(seconds) + 5) * 1000)
    const next = () => {
      count += 1
      if (performance.now() < end) start()
      else {
        open -= 1
        if (open > 0) return
        clearTimeout(late)
        resolve()
      }
    }
    const start = () => {
      const socket = {
        open: (it: { write(octets: string): number }) => void it.write('x'),
        data: () => {},
        close: next,
        connectError: () => process.exit(1),
      }
      void Bun.connect({ hostname, port, socket })
    }
    for (let worker = 0; worker < together; worker += 1) start()
  })
  return count / Number(seconds)
}

async function send(): Promise<number> {
  let sent = 0
  const start = performance.now()
  const elapsed = () => performance.now() - start
  return new Promise((resolve) => {
    const write = (socket: { write(octets: Uint8Array): number; terminate(): void }) => {
      for (;;) {
        if (elapsed() > Number(seconds) * 1000) {
          resolve(sent / (elapsed() / 1000))
          socket.terminate()
          return
        }
        const taken = socket.write(chunk)
        sent += Math.max(taken, 0)
        if (taken < chunk.length) return
      }
    }
    void Bun.connect({ hostname, port, socket: { open: write, drain: write, data: () => {} } })
  })
}
