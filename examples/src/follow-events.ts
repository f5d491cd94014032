// Prints what happens on this host, as the daemon reports it, for so many events: node follow-events.ts [socket] [count]
import { openClient } from '@vethra/client'

const [socket = '/run/vethra/vethra.sock', count = '1'] = process.argv.slice(2)
const client = openClient({ socket })

let left = Number(count)
for await (const { ID, Time, Type, Message } of client.events({ after: '0' })) {
  console.log(ID, Time, Type, Message)
  left -= 1
  if (left === 0) break
}
