import type { DesiredNetwork, DesiredState } from '../src/desired-state.ts'
import type { ObservedState } from '../src/observed-state.ts'

/** For tests: a host that should have nothing. */
export const nothingDesired: DesiredState = { networks: [], containers: [], attachments: [] }

/** For tests: a host that has nothing. */
export const nothingObserved: ObservedState = {
  nowMs: 1_000_000,
  attachments: [],
  reservations: [],
  signs: {
    cached: new Set(),
    recorded: new Set(),
    known: new Set(),
    namespaces: new Set(),
    running: new Set(),
  },
  containers: [],
  portHolds: [],
  names: [],
  links: [],
  routes: [],
  flows: [],
  inside: [],
  firewall: [
    {
      family: 4,
      flushed: [],
      publishes: false,
      masqueradesMarked: true,
      dropping: [],
      owned: new Map(),
      admitted: new Set(),
      isolation: new Map(),
    },
  ],
  table: { missing: [], left: [], flushed: false },
  confFaults: [],
  lost: [],
  shadowed: [],
  damaged: [],
  host: {
    forwards: { 4: true, 6: true },
    programs: [],
    features: [],
    hiddenRules: [],
    unreadableRules: [],
    firewallManagers: [],
    unknown: [],
    folders: [],
  },
}

/** For tests: a network that Vethra made. */
export const ourNetwork: DesiredNetwork = {
  name: 'lan',
  file: '/etc/cni/net.d/nerdctl-lan.conflist',
  ours: true,
  subnets: ['10.4.1.0/24'],
  bridge: 'br-lan',
  routed: true,
  isolation: 'none',
  filtered: true,
  hangsAtLoopback: false,
  programs: ['bridge', 'host-local'],
  features: ['bridge', 'veth'],
  cniVersion: '1.0.0',
}
