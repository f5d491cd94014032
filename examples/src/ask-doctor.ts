// Prints the findings of the daemon's doctor, and what a repair would do: node ask-doctor.ts [socket]
import { openClient } from '@vethra/client'

const [socket = '/run/vethra/vethra.sock'] = process.argv.slice(2)
const client = openClient({ socket })

const findings = await client.get('/findings')
console.log(`${findings.length} findings`)
for (const finding of findings) console.log(JSON.stringify(finding))
const repairs = await client.post('/repair', { body: { DryRun: true } })
for (const repair of repairs) console.log('would do', JSON.stringify(repair))
