// A server for soak-dns.ts at 127.0.0.9 that is of no use: `hangs`, `lies` (another id, question and source port), or `cuts` every
// answer, and hangs by TCP.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const [fault = ''] = process.argv.slice(2)
const socket = createSocket('udp4')
const other = createSocket('udp4')
other.bind(5353, '127.0.0.9')
socket.on('message', (question, { port, address }) => {
  const answer = Buffer.from(question)
  answer[2] = 0x81 | (fault === 'cuts' ? 2 : 0)
  answer[3] = 0x80
  if (fault === 'cuts') socket.send(answer, port, address)
  if (fault !== 'lies') return
  other.send(answer, port, address)
  const [id, name] = [Buffer.from(answer), Buffer.from(answer)]
  id[0] = (id[0] ?? 0) ^ 1
  name[13] = (name[13] ?? 0) ^ 1
  for (const lie of [id, name, question, answer.subarray(0, 7)]) socket.send(lie, port, address)
})
socket.bind(53, '127.0.0.9')
createServer(() => undefined).listen(53, '127.0.0.9')
