import type { Json, NamespaceIdentity } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import type { ObservedLink, ObservedName } from '@vethra/findings'
import type { AttachmentRecord, CachedAttachment, HostsFolder } from '@vethra/world'

/** For tests: what is on a host, to be changed at will. */
export interface SampleHost {
  records: AttachmentRecord[]
  cached: CachedAttachment[]
  /** By path. */
  namespaces: Record<string, string>
  links: ObservedLink[]
  /** By id, then by file. */
  containers: Record<string, Record<string, Json>>
  folders: HostsFolder[]
  names: Omit<ObservedName, 'namespace'>[]
  reservations: { address: string; containerId: string; ifname: string; sinceMs: number }[]
  /** The conf list of lan; empty where there is none. */
  conf: string
  /** The host's end of the interface in the namespace; empty where there is none. */
  otherEnd: string
  /** Copies of conf lists. */
  kept: readonly { readonly file: string; readonly text: string }[]
  /** More files of the folder of conf lists. */
  otherConfs: readonly { readonly file: string; readonly text: string }[]
  /** As iptables-save prints it. */
  saved: string
  /** Plugins that ran, and what was restored, made, claimed or released, in order. */
  done: string[]
  /** Plugins that fail. */
  broken: string[]
  /** Happens while a doctor waits. */
  meanwhile: () => void
  nowMs: number
}

/** For tests: the boot and the folder of each namespace. */
export const place = { bootId: 'b', place: '24:2' }

/** For tests: the namespace that the container of `attach` is in. */
export const identity: NamespaceIdentity = { netnsId: '4:1', cookie: '4:1', ...place }

/** For tests: a host with network `lan` and nothing else. */
export function sampleHost(): SampleHost {
  const plugins = [{ type: 'bridge', bridge: 'br0', isGateway: true, ipam: { type: 'host-local' } }]
  const conf = { cniVersion: '1.0.0', name: 'lan', nerdctlID: 'ab', nerdctlLabels: {}, plugins }
  return {
    ...{ records: [], cached: [], namespaces: {}, links: [], containers: {}, folders: [] },
    ...{ names: [], reservations: [], saved: '', done: [], broken: [], nowMs: 1_000_000 },
    meanwhile: () => undefined,
    conf: JSON.stringify(conf),
    kept: [],
    otherConfs: [],
    otherEnd: '',
  }
}

/** For tests: a container `c1` of namespace `default`, attached to `lan` in a namespace that lives. */
export function attach(host: SampleHost): void {
  const key = { network: 'lan', containerId: 'default-c1', ifname: 'eth0' }
  const interfaces = [{ name: 'br0' }, { name: 'veth1' }, { name: 'eth0', sandbox: '/n' }]
  const ips = [{ address: '10.4.1.2/24', gateway: '10.4.1.1', interface: 2 }]
  host.records.push({ ...key, netns: '/n', ...identity })
  host.cached.push({
    network: 'lan',
    attachment: { ...key, netns: '/n', cniArgs: [], capabilityArgs: {} },
    listText: host.conf,
    result: JSON.stringify({ cniVersion: '1.0.0', interfaces, ips }),
  })
  host.namespaces['/n'] = '4:1'
  host.links.push(
    { name: 'br0', bridge: true, up: true, addresses: ['10.4.1.1/24'] },
    { name: 'veth1', bridge: false, up: true, master: 'br0', addresses: [] },
  )
  const { containerId, ifname } = key
  host.reservations.push({ address: '10.4.1.2', containerId, ifname, sinceMs: 1 })
}

/** For tests: the vethra.json of container `c1`, in `lan`. */
export const sampleRecord: BundleRecord = {
  ...{ version: 1, id: 'c1', name: 'web', namespace: 'default', hostname: 'web', domainname: '' },
  ...{ networks: [{ ref: 'lan', aliases: [] }], ports: [], extraHosts: [], mode: 'cni', dns: {} },
}
