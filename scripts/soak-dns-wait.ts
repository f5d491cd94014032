// A client for soak-dns.ts: asks a server for a name each 2 ms, and prints the time of the first answer with an address. It makes a
// file when the first answer without one has come: it takes seconds to start on a busy machine.
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'

const [server = '', name = '', ready = ''] = process.argv.slice(2)
const label = Buffer.from(name)
const header = Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, label.length])
const question = Buffer.concat([header, label, Buffer.from([0, 0, 1, 0, 1])])
const socket = createSocket('udp4')
const timer = setInterval(() => socket.send(question, 53, server), 2)
socket.on('message', (answer) => {
  if (answer.readUInt16BE(6) === 0) {
    writeFileSync(ready, '')
    return
  }
  console.log(Date.now())
  clearInterval(timer)
  socket.close()
})
