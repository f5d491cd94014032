// Firewalls by their own programs, for soak-dns.ts: a container is answered, or DNS is off in its network and the doctor says why.
import { setTimeout } from 'node:timers/promises'
import { type Firewall, firewalls } from '../e2e/firewalls.ts'
import { type DnsHost, openDnsHost } from './soak-dns-host.ts'
import type { Demand } from './soak-dns-upstream.ts'

type Outcome = 'answered' | 'off, and told' | 'neither'

/** A firewall, what becomes of DNS beside it, and how its owner opens it again where it is off. */
interface Case extends Pick<Firewall, 'name' | 'set'> {
  readonly outcome: Outcome
  readonly open?: string
}

// A network's containers are in zone trusted of firewalld, by the plugin: its owner may shut port 53 there.
const shut = (verb: string) =>
  ['udp', 'tcp']
    .flatMap((protocol) =>
      ['ipv4', 'ipv6'].map(
        (family) =>
          `firewall-cmd --zone=trusted --${verb}-rich-rule='rule family=${family} port port=53 protocol=${protocol} drop'`,
      ),
    )
    .join('; ')

const cases: readonly Case[] = [
  ...['ufw', 'firewalld', 'nftables, policy drop', 'iptables, INPUT and FORWARD DROP'].map(
    (name) => ({ name, set: setOf(name), outcome: 'answered' as const }),
  ),
  {
    name: 'firewalld that drops port 53',
    set: `${setOf('firewalld')}; ${shut('add')}`,
    outcome: 'off, and told',
    open: shut('remove'),
  },
  {
    // Rules of ours in INPUT come before those of ufw: a chain of its owner's does not know them.
    name: 'ufw, and a chain that drops port 53',
    set: `${setOf('ufw')}; nft 'add table inet own; add chain inet own in { type filter hook input priority 5; }; add rule inet own in udp dport 53 drop; add rule inet own in tcp dport 53 drop'`,
    outcome: 'off, and told',
    open: 'nft delete table inet own',
  },
]

function setOf(name: string): string {
  return firewalls.find((each) => each.name === name)?.set ?? 'false'
}

/** Whether containers resolve names beside ufw, firewalld, and chains that drop, and are told of where they do not. */
export async function firewallDemands(): Promise<readonly Demand[]> {
  const demands: Demand[] = []
  for (const { name, set, outcome, open } of cases) {
    const place = await openDnsHost()
    try {
      await place.sh(set)
      demands.push({ what: `${name}: ${outcome}`, isSo: await comesTo(place, outcome) })
      if (open === undefined) continue
      await place.sh(open)
      const isSo = await comesTo(place, 'answered')
      demands.push({ what: `${name}, opened by its owner: answered`, isSo })
    } finally {
      await place.sh('kill $(cat /run/firewalld-test.pids)')
      await place.close()
    }
  }
  return demands
}

// It is so, and still is after the time that a verdict takes.
async function comesTo(place: DnsHost, outcome: Outcome): Promise<boolean> {
  let since = 0
  for (let left = 40; left > 0; left -= 1) {
    await setTimeout(1000)
    since = (await outcomeAt(place)) === outcome ? since + 1 : 0
    if (since > 6) return true
  }
  return false
}

async function outcomeAt({ host, inside }: DnsHost): Promise<Outcome> {
  const said = await inside('db', 'dig +time=1 +tries=1 @10.9.1.1 web')
  const conf = await inside('db', 'cat /etc/resolv.conf')
  const isOurs = conf === 'nameserver 10.9.1.1'
  if (isOurs && said.includes('10.9.1.2')) return 'answered'
  const { stdout } = await host.vethra('doctor', '--format', 'json')
  return !isOurs && stdout.includes('"dns-off"') ? 'off, and told' : 'neither'
}
