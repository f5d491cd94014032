import { afterEach, expect, it } from 'vitest'
import { type FirewallHost, openFirewallHost, packetWays } from './firewall-host.ts'
import { firewalls } from './firewalls.ts'
import { describeOnHost } from './gate.ts'

const all = Object.fromEntries(packetWays.map((way) => [way, true]))
const firewallOf = (name: string) =>
  firewalls.find((each) => each.name === name) ?? { set: '', reload: '' }

// scripts/soak-firewalls has all of them.
describeOnHost('beside the firewall of another', () => {
  let place: FirewallHost | undefined

  afterEach(async () => {
    await place?.close()
    place = undefined
  })

  it('firewalld lets networks pass, before and after a reload, and forgets them with the network', async () => {
    place = await openFirewallHost('native')
    const { set, reload } = firewallOf('firewalld')
    await place.sh(`${set}\nfirewall-cmd --zone=trusted --add-source=10.99.0.0/24`)
    const sources = async () =>
      (await place?.sh('firewall-cmd --zone=trusted --list-sources'))?.trim().split(' ')
    await place.attach()
    expect(await place.send()).toEqual(all)
    expect(await sources()).toEqual(['10.99.0.0/24', '10.4.0.0/24', 'fd00:4::/64'])
    await place.sh(reload)
    expect(await place.host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
    expect(await place.send()).toEqual(all)
    await place.sh('firewall-cmd --zone=trusted --add-source=10.99.0.0/24')
    for (const name of ['a', 'b'])
      await place.host.vethra('cni', 'del', 'lan', `/run/netns/${name}`)
    expect(await place.host.vethra('network', 'rm', 'lan')).toMatchObject({ exitCode: 0 })
    expect(await sources()).toEqual(['10.99.0.0/24'])
    expect(await place.sh('ls /run/vethra/firewalld')).toBe('')
  })

  it.each([
    ['nftables, policy drop', 'native'],
    ['iptables-nft, FORWARD DROP', 'exec'],
  ] as const)('%s, %s: the commands that the doctor names let all pass', async (name, choice) => {
    place = await openFirewallHost(choice)
    await place.sh(firewallOf(name).set)
    await place.attach()
    expect(await place.send()).not.toEqual(all)
    expect((await place.host.vethra('doctor')).exitCode).toBe(1)
    for (const command of await place.told()) await place.sh(command)
    expect(await place.send()).toEqual(all)
    expect((await place.host.vethra('doctor')).exitCode).toBe(0)
  })
})
