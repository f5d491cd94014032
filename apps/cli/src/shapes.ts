import type { HostEvent } from '@vethra/api'
import type {
  ContainerDetails,
  FindingRow,
  HostInfo,
  ImportRow,
  PluginRow,
  PortRow,
  QueryRow,
  RepairRow,
  ReservationRow,
  RootlessRow,
} from '@vethra/engine'
import type { DockerNetwork, NativeNetwork } from '@vethra/networks'
import type { SettingRow } from '@vethra/settings'
import { flatShape, type ShapeOf } from './shape.ts'

const values = { list: 'value' } as const
const labels = { map: 'value' } as const

/** A row of `container port`. Each shape of this file lists the fields that a `--format` template may name. */
export const portShape: ShapeOf<PortRow> = flatShape(
  'ContainerPort',
  'Protocol',
  'HostIP',
  'HostPort',
  'Answers',
  'Reason',
)

const endpoint = flatShape('Name', 'MacAddress', 'IPv4Address', 'IPv6Address')
const subnet = { ...flatShape('Subnet', 'Gateway', 'IPRange').fields, AuxiliaryAddresses: labels }

/** A network as `network inspect` prints it. */
export const dockerShape: ShapeOf<DockerNetwork> = {
  fields: {
    ...flatShape('Name', 'Id', 'Created', 'Driver', 'EnableIPv6').fields,
    IPAM: { fields: { Config: { list: { fields: subnet } } } },
    Internal: 'value',
    Containers: { map: endpoint },
    Options: labels,
    Labels: labels,
  },
}

/** A network as `network inspect --mode native` prints it. */
export const nativeShape: ShapeOf<NativeNetwork> = {
  fields: {
    CNI: 'any',
    NerdctlID: 'value',
    NerdctlLabels: labels,
    File: 'value',
    Containers: { list: { fields: { ...endpoint.fields, ID: 'value' } } },
  },
}

const joined = {
  ...flatShape('Interface', 'MacAddress').fields,
  Addresses: values,
  Gateways: values,
}

/** A container as `container inspect` prints it. */
export const containerDetailsShape: ShapeOf<ContainerDetails> = {
  fields: {
    ...flatShape('ID', 'Name', 'Namespace', 'Hostname').fields,
    Networks: { map: { fields: joined } },
    Ports: { list: flatShape('HostPort', 'ContainerPort', 'Protocol', 'HostIP') },
    ...flatShape('HostsPath', 'ResolvConfPath', 'HostnamePath', 'State').fields,
  },
}

/** A finding of `doctor`. */
export const findingShape: ShapeOf<FindingRow> = {
  fields: {
    ...flatShape('ID', 'Kind', 'Severity', 'About', 'Subject', 'Message').fields,
    Evidence: values,
    ...flatShape('Ours', 'Fix', 'Repair').fields,
  },
}

/** A repair of `doctor --repair`. */
export const repairShape: ShapeOf<RepairRow> = {
  fields: { ...flatShape('Kind', 'Repair', 'Outcome').fields, Why: values, Plan: 'any' },
}

/** A reserved address of `ipam ls`. */
export const reservationShape: ShapeOf<ReservationRow> = flatShape(
  ...(['Network', 'Address', 'ContainerID', 'Interface', 'Since'] as const),
)

/** An answer of `dns query`. */
export const queryShape: ShapeOf<QueryRow> = flatShape(
  ...(['Name', 'Type', 'TTL', 'Data'] as const),
)

/** A plugin of `plugin ls`. */
export const pluginShape: ShapeOf<PluginRow> = {
  fields: { ...flatShape('Name', 'File', 'Whose', 'Target', 'Shadowed').fields, Versions: values },
}

/** An event of `events`. */
export const eventShape: ShapeOf<HostEvent> = {
  fields: {
    ...flatShape('ID', 'Time', 'By', 'Type', 'Message', 'Subject', 'Network', 'Container').fields,
    ...flatShape('Name', 'Namespace', 'Interface').fields,
    Addresses: values,
    ...flatShape('Finding', 'Repair').fields,
    Causes: values,
    DurationMs: 'value',
  },
}

/** A setting of `config show`. */
export const settingShape: ShapeOf<SettingRow> = {
  fields: { Key: 'value', Value: 'any', ...flatShape('Source', 'From').fields },
}

const paths = [
  'Settings',
  'ConfLists',
  'DataStore',
  'Cache',
  'Reservations',
  'Run',
  'Socket',
] as const

/** A host as `info` shows it. */
export const infoShape: ShapeOf<HostInfo> = {
  fields: {
    ...flatShape('Version', 'Runtime', 'Kernel', 'Namespace').fields,
    Paths: flatShape(...paths),
    Engine: flatShape('Choice', 'InProcess', 'Fault'),
    Features: flatShape('ForwardsIPv4', 'ForwardsIPv6', 'FiltersBridges'),
    KernelFeatures: { list: flatShape('Name', 'Option', 'Module', 'State', 'BlockedBy') },
    Firewalls: { fields: { Managers: values, Refusing: values, Hidden: values } },
    Plugins: { list: pluginShape },
    Unknown: values,
  },
}

/** A need as `rootless check` prints it. */
export const rootlessShape: ShapeOf<RootlessRow> = flatShape('Need', 'Status', 'Message', 'Fix')

/** A network of `import`. */
export const importShape: ShapeOf<ImportRow> = {
  fields: {
    ...flatShape('Name', 'Source', 'Status', 'Reason', 'Hint', 'Driver').fields,
    Subnets: values,
    Command: 'value',
    Lost: { list: flatShape('Field', 'Value', 'Why') },
    Notes: values,
  },
}
