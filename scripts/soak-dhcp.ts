// Leases of a real DHCP server, dnsmasq on the wire of a macvlan network, through Debian's daemon of the plugin dhcp: how long an
// ADD takes with plugins in this process and with the macvlan program, a renewal at half of the shortest lease that dnsmasq gives
// (2 minutes), and the release. Takes 80 seconds; docs/operators.md has the figures.
import { setTimeout as sleep } from 'node:timers/promises'
import { executable, type Host, openHost, plugins } from '../e2e/host.ts'

const setUp = `ip netns add wire; ip link add up0 type veth peer name eth0 netns wire; ip link set up0 up
ip -n wire addr add 10.33.0.1/24 dev eth0; ip -n wire link set eth0 up
(exec ip netns exec wire dnsmasq --port=0 --no-daemon --conf-file=/dev/null --user=root --no-ping \\
  --dhcp-range=10.33.0.50,10.33.0.99,2m --dhcp-leasefile=/run/leases --log-dhcp >/run/dnsmasq.log 2>&1 </dev/null & echo $! >/run/pids)
mkdir -p /run/cni; (exec ${plugins}/dhcp daemon >/dev/null 2>&1 </dev/null & echo $! >>/run/pids)
until [ -S /run/cni/dhcp.sock ]; do sleep 0.1; done; ip netns add blue`

for (const way of ['native', 'exec'] as const) {
  const host = await openHost({ plugins: way })
  try {
    await sh(host, setUp)
    await vethra(
      host,
      ...['network', 'create', '-d', 'macvlan', '-o', 'parent=up0'],
      ...['--ipam-driver', 'dhcp', 'wire'],
    )
    const rounds = way === 'native' ? 10 : 2
    const took: number[] = []
    const leasing: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now()
      const said = await vethra(
        host,
        '--log-level',
        'debug',
        'cni',
        'add',
        'wire',
        '/run/netns/blue',
      )
      took.push(Math.round(performance.now() - began))
      // In this process the plugin dhcp is called once the link is up; the macvlan program calls it by itself.
      leasing.push(Number(/ADD \S*\/(?:dhcp|macvlan) (\d+) ms/.exec(said)?.[1]))
      if (way === 'exec' || round < rounds - 1)
        await vethra(host, 'cni', 'del', 'wire', '/run/netns/blue')
    }
    const discovers = await heard(host, 'DHCPDISCOVER')
    const listed = (times: readonly number[]) => times.toSorted((a, b) => a - b).join(', ')
    console.log(
      `plugins ${way}: a lease in ${listed(leasing)} ms, the command in ${listed(took)} ms; ${discovers} DISCOVER heard in ${rounds}`,
    )
    if (way === 'exec') continue
    demand(discovers === rounds, 'a first DISCOVER was lost')
    demand(Math.max(...leasing) < 1000, 'no lease within a second of the link being up')
    await renews(host)
  } finally {
    await sh(host, 'kill $(cat /run/pids)').catch(() => undefined)
    await host.close()
  }
}

async function renews(host: Host): Promise<void> {
  const [before, requests] = [await lease(host), await heard(host, 'DHCPREQUEST')]
  const began = performance.now()
  while ((await heard(host, 'DHCPREQUEST')) === requests) {
    demand(performance.now() - began < 100_000, 'no renewal within 100 s')
    await sleep(500)
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  await sleep(500)
  const after = await lease(host)
  demand(after.address === before.address && after.until > before.until, 'it was not prolonged')
  const inside = await sh(host, 'ip -n blue -o addr show eth0')
  demand(inside.includes(after.address), `the container has another address: ${inside}`)
  await vethra(host, 'cni', 'del', 'wire', '/run/netns/blue')
  demand((await sh(host, 'cat /run/leases')) === '', 'the lease was not released')
  console.log(
    `renewed after ${seconds} s of a lease of 120 s; released: ${await heard(host, 'DHCPRELEASE')} DHCPRELEASE heard`,
  )
}

async function lease(host: Host): Promise<{ readonly until: number; readonly address: string }> {
  const [until = '', , address = ''] = (await sh(host, 'cat /run/leases')).split(' ')
  return { until: Number(until), address }
}

async function heard(host: Host, what: string): Promise<number> {
  return Number(await sh(host, `grep -c ${what} /run/dnsmasq.log || true`))
}

async function vethra(host: Host, ...args: readonly string[]): Promise<string> {
  const ran = await host.run([executable, '--cni-path', plugins, ...args])
  demand(ran.exitCode === 0, `vethra ${args.join(' ')}: ${ran.stderr}`)
  return ran.stderr
}

async function sh(host: Host, script: string): Promise<string> {
  const ran = await host.run(['sh', '-ec', script])
  demand(ran.exitCode === 0, `${script}: ${ran.stderr}`)
  return ran.stdout
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
