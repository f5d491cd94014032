import { containerIdOf } from '@vethra/cni'
import type { ObservedFirewall, OwnedRules } from '@vethra/firewall'
import { marksOf } from '@vethra/firewall'
import type { DesiredAttachment, DesiredState } from '../src/desired-state.ts'
import type { ObservedState } from '../src/observed-state.ts'
import { nothingDesired, nothingObserved, ourNetwork } from './sample-states.ts'

/** For tests: what should be on a host, and what is. */
export interface World {
  readonly desired: DesiredState
  readonly observed: ObservedState
}

const dataDir = '/var/lib/cni/networks'
/** For tests: what plugins in this process give interfaces of the host. */
const macs = {
  bridge: '02:00:00:00:00:01',
  link: '02:00:00:00:00:02',
  port: { hairpin: false, isolated: false },
}
const times = { startedMs: 1000, sinceMs: 1000 }

/** For tests: containers `c0`, `c1`, … of namespace `default` in network `lan`, each with all that it should have. */
export function healthyWorld(count: number): World {
  const ids = Array.from({ length: count }, (_, index) => `c${index}`)
  const attachments = ids.map(desiredAttachment)
  return {
    desired: {
      ...nothingDesired,
      networks: [{ ...ourNetwork, isolation: 'same-bridge' }],
      containers: ids.map((id, index) => ({
        ...{ ...refOf(id), name: `name-${id}`, known: true, networks: ['lan'] },
        ports: desiredAttachment(id, index).ports,
      })),
      attachments,
    },
    observed: {
      ...nothingObserved,
      attachments: attachments.map(({ network, containerId, ifname, netns, hostLink = '' }) => ({
        ...{ network, containerId, ifname, netns, hostLink, state: 'alive' },
        ...{
          recorded: true,
          recordDamaged: false,
          outdated: false,
          remembered: true,
          restorable: false,
        },
        ours: true,
      })),
      reservations: attachments.map((each) => reservationOf(each)),
      containers: ids.map((id) => ({
        ...refOf(id),
        ...{ stored: true, names: 'known', networks: ['lan'] },
        ...{ restorable: true, startedMs: times.startedMs },
      })),
      names: ids.map((id) => ({ namespace: 'default', name: `name-${id}`, id })),
      portHolds: attachments.map(({ containerId, ports }) => ({
        containerId,
        sockets: ports.map(({ hostPort }) => `0.0.0.0:${hostPort}/tcp`),
        ...{ pid: 7, alive: true, recorded: true },
      })),
      routes: [{ prefix: '10.4.1.0/24', device: 'br-lan' }],
      links: [
        { name: 'br-lan', bridge: true, up: true, addresses: ['10.4.1.1/24'], mac: macs.bridge },
        ...attachments.map(({ hostLink = '' }) => ({
          ...{ name: hostLink, bridge: false, up: true, master: 'br-lan', addresses: [] },
          ...{ mac: macs.link, port: macs.port },
        })),
      ],
      firewall: [firewallOf(attachments)],
    },
  }
}

function refOf(id: string) {
  const ref = { namespace: 'default', id }
  return { ...ref, containerId: containerIdOf(ref) }
}

/** For tests: what a container in network `lan` should have. */
export function desiredAttachment(id: string, index: number): DesiredAttachment {
  return {
    network: 'lan',
    containerId: containerIdOf({ namespace: 'default', id }),
    ifname: 'eth0',
    netns: `/proc/${index + 7}/ns/net`,
    addresses: [{ address: `10.4.1.${index + 2}`, prefixLength: 24, gateway: '10.4.1.1' }],
    hostLink: `veth${index}`,
    hostMac: macs.link,
    bridge: { name: 'br-lan', routed: true, mac: macs.bridge, port: macs.port },
    masqueraded: true,
    admitted: true,
    isolation: 'same-bridge',
    ports: [
      { protocol: 'tcp', hostPort: 8000 + index, containerPort: 80, hostIp: '' },
      { protocol: 'udp', hostPort: 5300 + index, containerPort: 80, hostIp: '' },
    ],
    inTable: [],
    publishes: 'does',
    dataDir,
  }
}

/** For tests: the reservation of an attachment's address. */
export function reservationOf({
  network,
  containerId,
  ifname,
  addresses,
}: DesiredAttachment): ObservedState['reservations'][number] {
  const address = addresses[0]?.address ?? ''
  const { sinceMs } = times
  return { network, dataDir, reservation: { address, containerId, ifname, sinceMs } }
}

/** For tests: a packet filter that does all that attachments want. */
export function firewallOf(attachments: readonly DesiredAttachment[]): ObservedFirewall {
  return {
    family: 4,
    flushed: [],
    publishes: true,
    masqueradesMarked: true,
    dropping: [],
    owned: new Map(attachments.flatMap(ownedBy).map((each) => [each.mark, each])),
    admitted: new Set(
      attachments.flatMap(({ addresses }) => addresses.map((each) => each.address)),
    ),
    isolation: new Map(attachments.length === 0 ? [] : [['br-lan', 'same-bridge']]),
  }
}

/** For tests: the rules that an attachment makes. */
export function ownedBy(attachment: DesiredAttachment): readonly OwnedRules[] {
  const { network, containerId, addresses, ports } = attachment
  const marks = marksOf(network, containerId)
  const [address = ''] = addresses.map((each) => each.address)
  const claim = { network, containerId }
  return [
    {
      ...{ mark: marks.masquerading, claim, masqueraded: [address], published: [] },
      lines: [`-A POSTROUTING -s ${address}/32 -j ${marks.masquerading}`],
    },
    {
      ...{ mark: marks.ports, claim, masqueraded: [] },
      published: ports.map(({ protocol, hostPort }) => ({
        ...{ protocol, hostPort, target: `${address}:80` },
      })),
      lines: [`-A CNI-HOSTPORT-DNAT -p tcp -j ${marks.ports}`],
    },
  ]
}
