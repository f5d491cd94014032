// Firewalls by their own programs, for soak-dns.ts: a container is answered, or DNS is off in its network and the doctor says why.
import { setTimeout } from 'node:timers/promises'
import { firewalls } from '../e2e/firewalls.ts'
import { openDnsHost } from './soak-dns-host.ts'
import type { Demand } from './soak-dns-upstream.ts'

/** Whether containers resolve names beside ufw, firewalld, and chains that drop. */
export async function firewallDemands(): Promise<readonly Demand[]> {
  const wanted = ['ufw', 'firewalld', 'nftables, policy drop', 'iptables, INPUT and FORWARD DROP']
  const demands: Demand[] = []
  for (const { name, set } of firewalls.filter((each) => wanted.includes(each.name))) {
    const place = await openDnsHost()
    try {
      await place.sh(set)
      const outcome = async () => {
        const said = await place.inside('db', 'dig +time=1 +tries=1 @10.9.1.1 web')
        const conf = await place.inside('db', 'cat /etc/resolv.conf')
        const isOurs = conf === 'nameserver 10.9.1.1'
        if (isOurs && said.includes('10.9.1.2')) return 'answered'
        const { stdout } = await place.host.vethra('doctor', '--format', 'json')
        const isTold = stdout.includes('"dns-off"')
        return !isOurs && isTold ? 'off, and told' : 'neither'
      }
      let seen = 'neither'
      for (let left = 20; left > 0; left -= 1) {
        await setTimeout(1000)
        seen = await outcome()
        if (left < 15 && seen !== 'neither') break
      }
      demands.push({ what: `${name}: ${seen}`, isSo: seen !== 'neither' })
    } finally {
      await place.sh('kill $(cat /run/firewalld-test.pids)')
      await place.close()
    }
  }
  return demands
}
