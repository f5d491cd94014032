import { execFileSync } from 'node:child_process'
import { tableText } from '@vethra/firewall'
import { expect, it } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'

const bun = JSON.stringify(process.execPath)
const source = new URL('dns-sockets-in-bun.ts', import.meta.url).href
const restrain = `
  const { restrain } = (await import(${JSON.stringify(source)})).dnsSockets()
  for (const address of ['192.0.2.2', '2001:db8::1', '192.0.2.2']) restrain(address)`

function inHost(script: string, program: string): string {
  const argv = ['-n', '-m', 'sh', '-ec', script, 'sh', restrain, program]
  return execFileSync('unshare', argv, { input: tableText(), encoding: 'utf8' })
}

it.skipIf(needsRoot !== undefined)(
  'the addresses are in the table for some seconds, and nothing happens where there is none',
  () => {
    const list = `${bun} -e "$1" && nft list table inet vethra 2>/dev/null || true`
    const listed = inHost(`nft -f -; ${list}`, '')
    expect(listed).toMatch(/elements = \{ 192\.0\.2\.2 expires \d/)
    expect(listed).toMatch(/elements = \{ 2001:db8::1 expires \d/)
    expect(inHost(list, '')).toBe('')
  },
)

// A container sends 10,000 datagrams to each of two ports, which the host counts.
const send = `
  const began = performance.now()
  for (const port of [53, 54]) {
    const socket = await Bun.udpSocket({ connect: { hostname: '192.0.2.1', port } })
    for (let at = 0; at < 100; at += 1) socket.sendMany(Array(100).fill('question'))
    socket.close()
    if (port === 53) console.log('took', performance.now() - began)
  }`
const place = `
  nft -f -
  mount -t tmpfs tmpfs /run
  ip netns add c
  ip link add host0 type veth peer name eth0 netns c
  ip addr add 192.0.2.1/24 dev host0
  ip link set host0 up
  ip -n c addr add 192.0.2.2/24 dev eth0
  ip -n c link set eth0 up
  nft add element inet vethra bridges '{ host0 }'
  nft add table ip seen
  nft add chain ip seen in '{ type filter hook input priority 0; }'
  for port in 53 54; do nft add rule ip seen in udp dport $port counter drop; done
`

it.skipIf(needsRoot !== undefined)(
  'what an address asks is bounded when it is in the table, and nothing else of it',
  () => {
    const counted = (before: string): readonly number[] => {
      const ask = `ip netns exec c ${bun} -e "$2" && nft list chain ip seen in`
      const listed = inHost(`${place}\n${before}\n${ask}`, send)
      return [...listed.matchAll(/(?:took|packets) (\d+)/g)].map(([, each]) => Number(each))
    }
    const [ms = 0, questions = 0, others = 0] = counted(`${bun} -e "$1"`)
    expect(questions).toBeGreaterThanOrEqual(50)
    // 5,000 a second, and 50 at once.
    expect(questions).toBeLessThan(50 + 5.5 * (ms + 1))
    expect(others).toBe(10_000)
    expect(counted('true').slice(1)).toEqual([10_000, 10_000])
  },
)
