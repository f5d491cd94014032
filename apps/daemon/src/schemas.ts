import { z } from '@hono/zod-openapi'
import { eventTypes, type HostEvent, type Problem } from '@vethra/api'
import type {
  AttachmentRow,
  ContainerDetails,
  ContainerRow,
  FindingRow,
  NetworkRow,
  RepairRow,
  ReservationRow,
  Traffic,
} from '@vethra/engine'
import type { DockerNetwork, NativeNetwork } from '@vethra/networks'

// The document would call a field that is `exactOptional()` required.
const maybe = <T extends z.ZodType>(schema: T) =>
  schema.optional() as unknown as z.ZodExactOptional<T>
const named = <T extends z.ZodRawShape>(name: string, shape: T) => z.object(shape).openapi(name)

const text = z.string()
const textsOf = <K extends string>(...keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, text])) as Record<K, z.ZodString>
const maybeTextsOf = <K extends string>(...keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, maybe(text)])) as Record<
    K,
    z.ZodExactOptional<z.ZodString>
  >
const texts = z.array(text)
const labels = z.record(text, text)
const state = z.enum(['prepared', 'running', 'paused', 'stopped', 'failed', 'dead', 'unknown'])
const octets = { ReceivedBytes: maybe(z.int()), SentBytes: maybe(z.int()) }

export const networkRow: z.ZodType<NetworkRow> = named('Network', {
  ...textsOf('ID', 'Name', 'Driver'),
  Labels: labels,
  File: text,
  Managed: z.boolean(),
  Origin: z.enum(['own', 'nerdctl', 'containerd', 'podman', 'cri-o', 'other']),
})

const endpoint = z.object(textsOf('Name', 'MacAddress', 'IPv4Address', 'IPv6Address'))

export const dockerNetwork: z.ZodType<DockerNetwork> = named('NetworkDetails', {
  Name: text,
  Id: maybe(text),
  ...textsOf('Created', 'Driver'),
  EnableIPv6: z.boolean(),
  IPAM: z.object({
    Config: z.array(
      z.object({
        Subnet: text,
        ...maybeTextsOf('Gateway', 'IPRange'),
        AuxiliaryAddresses: maybe(labels),
      }),
    ),
  }),
  Internal: z.boolean(),
  Containers: z.record(text, endpoint),
  Options: labels,
  Labels: labels.nullable(),
})

export const nativeNetwork: z.ZodType<NativeNetwork> = named('NativeNetwork', {
  CNI: z.any().openapi({ type: 'object', description: 'The conf list.' }),
  NerdctlID: text.nullable(),
  NerdctlLabels: maybe(labels),
  File: text,
  Containers: z.array(endpoint.extend({ ID: text })).nullable(),
})

export const createdNetwork: z.ZodType<{
  readonly ID: string
  readonly Name: string
  readonly Notes: readonly string[]
}> = named('CreatedNetwork', { ...textsOf('ID', 'Name'), Notes: texts })

export const containerRow: z.ZodType<ContainerRow> = named('Container', {
  ...textsOf('ID', 'Name'),
  Networks: texts,
  Addresses: texts,
  Ports: text,
  State: state,
})

export const containerDetails: z.ZodType<ContainerDetails> = named('ContainerDetails', {
  ...textsOf('ID', 'Name', 'Namespace', 'Hostname'),
  Networks: z.record(
    text,
    z.object({ Interface: text, MacAddress: text, Addresses: texts, Gateways: texts }),
  ),
  Ports: z.array(
    z.object({ HostPort: z.int(), ContainerPort: z.int(), Protocol: text, HostIP: text }),
  ),
  ...textsOf('HostsPath', 'ResolvConfPath', 'HostnamePath'),
  State: state,
})

export const attachmentRow: z.ZodType<AttachmentRow> = named('Attachment', {
  ...textsOf('Network', 'ContainerID', 'Interface', 'Netns'),
  Addresses: texts,
  Ours: z.boolean(),
})

export const reservationRow: z.ZodType<ReservationRow> = named(
  'Reservation',
  textsOf('Network', 'Address', 'ContainerID', 'Interface', 'Since'),
)

export const findingRow: z.ZodType<FindingRow> = named('Finding', {
  ...textsOf('ID', 'Kind', 'Severity', 'About', 'Subject', 'Message'),
  Evidence: texts,
  Ours: z.boolean(),
  ...textsOf('Fix', 'Repair'),
})

export const repairRow: z.ZodType<RepairRow> = named('Repair', {
  ...textsOf('Kind', 'Repair', 'Outcome'),
  Why: texts,
  Plan: maybe(z.any().openapi({ type: 'object', description: 'The repair, in a dry run.' })),
})

export const traffic: z.ZodType<Traffic & { readonly Time: string }> = named('Traffic', {
  Time: text,
  Networks: z.array(z.object({ Name: text, Driver: text, Containers: z.int(), ...octets })),
  Containers: z.array(
    z.object({
      ...textsOf('ID', 'Name'),
      State: state,
      Networks: texts,
      Addresses: texts,
      ...octets,
    }),
  ),
})

export const hostEvent: z.ZodType<HostEvent> = named('Event', {
  ...textsOf('ID', 'Time'),
  Type: z.enum(eventTypes),
  Message: text,
  ...maybeTextsOf('By', 'Subject', 'Network', 'Container', 'Name', 'Namespace', 'Interface'),
  Addresses: maybe(texts),
  ...maybeTextsOf('Finding', 'Repair'),
  Causes: maybe(texts),
  DurationMs: maybe(z.number()),
})

/** An event as it is sent, in the form that OpenAPI 3.2 gives to server-sent events: `data` is the event as JSON. */
export const sentEvent: z.ZodType = named('SentEvent', {
  id: text,
  event: z.enum(eventTypes),
  data: z.string().openapi({
    contentMediaType: 'application/json',
    contentSchema: { $ref: '#/components/schemas/Event' },
  } as never),
})

export const problem: z.ZodType<Problem> = named('Problem', {
  type: text,
  title: text,
  status: z.int(),
  detail: text,
  code: maybe(z.int()),
  hint: maybe(text),
  causes: maybe(texts),
})
