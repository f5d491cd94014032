// Servers upstream that are of no use, for soak-dns.ts: names of containers go on being answered, and the operator is told.
import { setTimeout } from 'node:timers/promises'
import type { DnsHost } from './soak-dns-host.ts'

/** A thing that must be so. */
export interface Demand {
  readonly what: string
  readonly isSo: boolean
}

const useless = (fault: string) =>
  `exec ${process.execPath} ${import.meta.dirname}/soak-dns-server.ts ${fault}`

const unbound = [
  'server:',
  ...['interface: 127.0.0.9', 'do-daemonize: no', 'username: ""', 'chroot: ""', 'pidfile: ""'],
  ...['do-not-query-localhost: no', 'access-control: 0.0.0.0/0 allow'],
  ...['forward-zone:', 'name: "."', 'forward-addr: 10.9.1.1'],
].join('\\n')
// Each answers at 127.0.0.9 in its way.
const servers = {
  hangs: useless('hangs'),
  lies: useless('lies'),
  'cuts answers, and hangs by TCP': useless('cuts'),
  'asks us':
    'exec dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --listen-address=127.0.0.9 --bind-interfaces --server=10.9.1.1',
  'asks us (unbound)': `printf '${unbound}\\n' >/run/unbound.conf; exec unbound -c /run/unbound.conf`,
} as const

/** Whether the resolver behaves beside each of these servers. */
export async function upstreamFaults(place: DnsHost): Promise<readonly Demand[]> {
  const demands: Demand[] = []
  for (const [fault, command] of Object.entries(servers)) {
    if (command.includes('unbound') && !(await place.sh('command -v unbound'))) {
      console.log('there is no unbound here: its package is unbound')
      continue
    }
    const pid = await place.sh(`(${command}) >/dev/null 2>&1 </dev/null & echo $!`)
    // One is found to ask us when it is asked first.
    await place.sh(
      'until ss -Hlun sport = :53 | grep -q 127.0.0.9; do sleep 0.1; done; echo nameserver 127.0.0.9 >/etc/resolv.conf',
    )
    await setTimeout(2500)
    const unknown = await Promise.all(
      [1, 2, 3].map(async (index) => {
        const began = performance.now()
        const said = await place.inside(
          'db',
          // Not in `test`: unbound answers for that by itself (RFC 6761).
          `dig +time=8 +tries=1 @10.9.1.1 name${index}.${fault.length}.example.org`,
        )
        return { status: /status: (\w+)/.exec(said)?.[1], ms: performance.now() - began }
      }),
    )
    const own = await place.inside('db', 'dig +time=1 +tries=1 @10.9.1.1 web')
    await setTimeout(1500)
    const told = await place.host.vethra('doctor', '--format', 'json')
    const kinds: readonly { readonly Kind: string }[] = JSON.parse(told.stdout)
    demands.push(
      {
        what: `upstream ${fault}: SERVFAIL within 5 s`,
        isSo: unknown.every(({ status, ms }) => status === 'SERVFAIL' && ms < 5500),
      },
      {
        what: `upstream ${fault}: names of containers are answered`,
        isSo: own.includes('10.9.1.2'),
      },
      {
        what: `upstream ${fault}: the doctor says so`,
        isSo: kinds.some(({ Kind }) => Kind === 'dns-upstream'),
      },
    )
    await place.sh(`kill ${pid}; echo nameserver 127.0.0.7 >/etc/resolv.conf`)
    await setTimeout(2500)
    const again = await place.inside('db', 'dig +time=2 +tries=2 @10.9.1.1 up.example.test')
    demands.push({
      what: `upstream ${fault}: another one is asked once resolv.conf names it`,
      isSo: again.includes('192.0.2.1'),
    })
  }
  return demands
}
