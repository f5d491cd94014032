// Lives in a network namespace: answers on the ports that it is given, TCP and UDP, and asks what it is told to.
// A question is a line of JSON on standard input, an answer one on standard output.
import { createSocket, type Socket } from 'node:dgram'
import { createConnection, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Asked, Question } from './traffic.ts'

const [name = '', ...ports] = process.argv.slice(2)
const flows = new Map<number, Socket>()

const ready = ports.map(Number).flatMap((port) => [serveTcp(port), serveUdp(port)])
await Promise.all(ready)
say({ id: 0, said: 'ready' })
createInterface(process.stdin).on('line', (line) => {
  const question = JSON.parse(line) as Question & { id: number }
  const asked = question.protocol === 'tcp' ? askTcp(question) : askUdp(question)
  void asked.then((said) => say({ id: question.id, said }))
})

function say(asked: Asked): void {
  process.stdout.write(`${JSON.stringify(asked)}\n`)
}

// The name, the address that the question seems to come from, and how much was heard.
function answer(remote: string, length: number): string {
  return `${name} ${remote.replace(/^::ffff:/, '')} ${length}`
}

function serveTcp(port: number): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let length = 0
    socket.on('data', (octets) => {
      length += octets.length
    })
    socket.on('end', () => socket.end(answer(socket.remoteAddress ?? '', length)))
    socket.on('error', () => socket.destroy())
  })
  return new Promise((listening) => server.listen(port, '::', listening))
}

function serveUdp(port: number): Promise<void> {
  const socket = createSocket('udp6')
  socket.on('message', (octets, { address, port: from }) => {
    socket.send(answer(address, octets.length).padEnd(octets.length), from, address)
  })
  return new Promise((listening) => socket.bind(port, '::', listening))
}

function askTcp({ address, port, length = 1, patienceMs = 3000 }: Question): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: patienceMs })
    let heard = ''
    socket.on('connect', () => socket.end('x'.repeat(length)))
    socket.on('data', (octets) => {
      heard += octets.toString()
    })
    socket.on('end', () => resolve(heard))
    socket.on('timeout', () => socket.destroy(new Error('silence')))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'silence'))
  })
}

// From a port of its own choice, where it is told one: the same flow again.
async function askUdp({ address, port, from, length = 1, patienceMs = 3000 }: Question) {
  const socket = await udpFrom(from, address)
  return new Promise<string>((resolve) => {
    const end = (said: string) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      if (from === undefined) socket.close()
      else socket.disconnect()
      resolve(said)
    }
    const timer = setTimeout(() => end('silence'), patienceMs)
    socket.on('message', (octets) => end(octets.toString().trimEnd()))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'silence'))
    socket.connect(port, address, () => socket.send('x'.repeat(length)))
  })
}

async function udpFrom(from: number | undefined, address: string): Promise<Socket> {
  const known = from === undefined ? undefined : flows.get(from)
  if (known) return known
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  if (from !== undefined) {
    await new Promise<void>((bound) => socket.bind(from, bound))
    flows.set(from, socket)
  }
  return socket
}
