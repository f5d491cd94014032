// A program that sends questions to a resolver at a rate, whether they are answered or not, and prints how many were sent. Run
// by bun in a namespace: the resolver, a file with a name a line, how many a second, for how many seconds.

import { readFileSync } from 'node:fs'
import { dnsType, formatMessage, loopProbe } from '../packages/core/dns/src/index.ts'

const [server = '', data = '', rate = '0', seconds = '0'] = process.argv.slice(2)
const names = readFileSync(data, 'utf8').trim().split('\n')
const questions = names.map((line) => {
  const question = { name: line.split(' ')[0] ?? '', type: dnsType.A, class: 1 }
  return formatMessage({ ...loopProbe('0'), questions: [question] }, 512)
})
const socket = await Bun.udpSocket({
  connect: { hostname: server, port: 53 },
  socket: { data() {} },
})
const began = performance.now()
let due = 0
let sent = 0
while (due < Number(rate) * Number(seconds)) {
  const now = Math.floor(((performance.now() - began) / 1000) * Number(rate))
  // What could not be sent in time is not made up for in one burst.
  due = Math.max(due, now - 2000)
  const burst = Array.from(
    { length: Math.min(now - due, 500) },
    (_, at) => questions[(due + at) % questions.length] ?? '',
  )
  if (burst.length > 0) sent += socket.sendMany(burst)
  due += burst.length
  await new Promise((resolve) => setImmediate(resolve))
}
socket.close()
console.log(sent)
