import { CniError } from '@vethra/cni'
import { explainErrno, type Refusal } from '@vethra/netlink'
import { type Change, describeChange, type Resource } from '@vethra/state'

const notPermitted = 1
const missing = 2
const notSupported = 95

/** The CniError 5 of a change that the kernel refused: its name, the kernel's reason and words, and what the kernel lacks. */
export function refusedChange(
  change: Change,
  { errno, text }: Omit<Refusal, 'sequence'>,
): CniError {
  const words = text === '' ? '' : ` (${text})`
  const { resource } = change.kind === 'remove' ? change.from : change.to
  const option = featureOf(resource)
  const isLacking = errno === notSupported || (errno === missing && resource.kind === 'qdisc')
  const lacking = isLacking && option ? `This needs a kernel with ${option}.` : undefined
  const hint = errno === notPermitted ? 'Run as root.' : lacking
  return new CniError({
    code: 5,
    message: `cannot ${describeChange(change)}: ${explainErrno(errno)}${words}`,
    ...(hint === undefined ? {} : { hint }),
  })
}

const linkFeatures: Readonly<Record<string, string>> = {
  bridge: 'CONFIG_BRIDGE: modprobe bridge',
  veth: 'CONFIG_VETH: modprobe veth',
  macvlan: 'CONFIG_MACVLAN: modprobe macvlan',
  ipvlan: 'CONFIG_IPVLAN: modprobe ipvlan',
  vlan: 'CONFIG_VLAN_8021Q: modprobe 8021q',
  dummy: 'CONFIG_DUMMY: modprobe dummy',
  vrf: 'CONFIG_NET_VRF: modprobe vrf',
  ifb: 'CONFIG_IFB: modprobe ifb',
}

function featureOf(resource: Resource): string | undefined {
  if (resource.kind === 'link') {
    const { type } = resource
    const filters = type.name === 'bridge' && type.vlanFiltering
    return filters ? 'CONFIG_BRIDGE_VLAN_FILTERING' : linkFeatures[type.name]
  }
  if (resource.kind === 'bridge port' && resource.vlans) return 'CONFIG_BRIDGE_VLAN_FILTERING'
  if (resource.kind === 'rule') return 'CONFIG_IP_MULTIPLE_TABLES and CONFIG_IPV6_MULTIPLE_TABLES'
  if (resource.kind !== 'qdisc') return undefined
  return 'redirect' in resource.does
    ? 'CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_U32 and CONFIG_NET_ACT_MIRRED'
    : 'CONFIG_NET_SCH_TBF: modprobe sch_tbf'
}
