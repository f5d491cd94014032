import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'

// In a network namespace of its own, so that nothing else changes there.
const program = `
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { watchKernel } from '${import.meta.dirname}/watch-kernel.ts'
const changes: string[] = []
const run = (script: string) => {
  const { status, stderr } = spawnSync('sh', ['-ec', script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
// Those of the kernel itself have port 0.
const sockets = () =>
  readFileSync('/proc/net/netlink', 'utf8').split('\\n').filter((line) => /^\\S+ +\\d+ +[1-9]/.test(line)).length
const watch = watchKernel({
  onChange: (what, isFlush) => changes.push(what + (isFlush ? ': flush' : '')),
  onFault: (fault) => changes.push(String(fault)),
})
// Where nothing is to be heard, two seconds pass; what is to be heard may take longer on a busy machine.
const seen = async (script: string, mostTries = 1000) => {
  changes.length = 0
  run(script)
  for (let tries = 0; tries < mostTries && changes.length === 0; tries++) await Bun.sleep(20)
  await Bun.sleep(150)
  return [...new Set(changes)].sort()
}
const used = () => process.cpuUsage().user + process.cpuUsage().system
const report: Record<string, unknown> = {
  nothing: await seen(':', 100),
  link: await seen('ip link add d0 type veth peer name d1'),
  address: await seen('ip addr add 10.9.9.1/24 dev d0'),
  table: await seen('nft add table inet some'),
  flush: await seen('nft flush ruleset'),
  // While this process is busy the kernel keeps as much as the socket has room for.
  burst: await seen('i=0; while [ $i -lt 3000 ]; do echo "link set d0 down"; echo "link set d0 up"; i=$((i+1)); done | ip -batch -'),
  after: await seen('ip link delete d0'),
}
// The least of some seconds: what polls takes its time in each.
const idle: number[] = []
for (let tries = 0; tries < 20 && Math.min(...idle) >= 5; tries++) {
  const before = used()
  await Bun.sleep(1000)
  idle.push((used() - before) / 1000)
}
report.idleMs = Math.min(...idle)
const socketsOpen = sockets()
watch.close()
report.closed = await seen('ip link add d2 type veth peer name d3', 100)
report.sockets = [socketsOpen, sockets()]
console.log(JSON.stringify(report))
process.exit(0)
`

it('hears links, addresses and nftables, again after messages were lost, and nothing once it is closed', async () => {
  const child = spawn('unshare', ['-n', process.execPath, '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  child.stdin.end(program)
  await once(child, 'close')
  const { idleMs, burst, ...report } = JSON.parse(text)
  expect(report).toEqual({
    nothing: [],
    link: ['interfaces and addresses'],
    address: ['interfaces and addresses'],
    table: ['nftables'],
    flush: ['nftables: flush'],
    after: ['interfaces and addresses'],
    closed: [],
    sockets: [2, 0],
  })
  expect(burst).toContain('interfaces and addresses (some messages were lost)')
  // Half a percent of a second.
  expect(idleMs).toBeLessThan(5)
})
