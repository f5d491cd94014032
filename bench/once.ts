// A process that does one thing, as a hook is; prints the milliseconds that it took, and how much memory
// the whole process had at most, in kilobytes. hosts-store.ts runs it.
import { newcomer } from './crowd.ts'
import { waysIn } from './ways.ts'

const [dir = '', step, containers, networks] = process.argv.slice(2)
const crowd = { containers: Number(containers), networks: Number(networks) }
const way = waysIn(dir)[step?.startsWith('nerdctl') ? 1 : 0]
const began = performance.now()
if (step?.endsWith('join')) await way.join(newcomer(crowd))
if (step?.endsWith('leave')) await way.leave(newcomer(crowd).id)
const ms = performance.now() - began
console.log(JSON.stringify({ ms, rss: process.resourceUsage().maxRSS }))
