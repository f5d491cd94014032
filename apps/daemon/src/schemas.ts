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
const texts = z.array(text)
const labels = z.record(text, text)
const state = z.enum(['prepared', 'running', 'paused', 'stopped', 'failed', 'dead', 'unknown'])
const octets = { ReceivedBytes: maybe(z.int()), SentBytes: maybe(z.int()) }

export const networkRow: z.ZodType<NetworkRow> = named('Network', {
  ID: text,
  Name: text,
  Driver: text,
  Labels: labels,
  File: text,
  Managed: z.boolean(),
  Origin: z.enum(['own', 'nerdctl', 'containerd', 'podman', 'cri-o', 'other']),
})

const endpoint = z.object({
  Name: text,
  MacAddress: text,
  IPv4Address: text,
  IPv6Address: text,
})

export const dockerNetwork: z.ZodType<DockerNetwork> = named('NetworkDetails', {
  Name: text,
  Id: maybe(text),
  Created: text,
  Driver: text,
  EnableIPv6: z.boolean(),
  IPAM: z.object({
    Config: z.array(
      z.object({
        Subnet: text,
        Gateway: maybe(text),
        IPRange: maybe(text),
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
}> = named('CreatedNetwork', { ID: text, Name: text, Notes: texts })

export const containerRow: z.ZodType<ContainerRow> = named('Container', {
  ID: text,
  Name: text,
  Networks: texts,
  Addresses: texts,
  Ports: text,
  State: state,
})

export const containerDetails: z.ZodType<ContainerDetails> = named('ContainerDetails', {
  ID: text,
  Name: text,
  Namespace: text,
  Hostname: text,
  Networks: z.record(
    text,
    z.object({ Interface: text, MacAddress: text, Addresses: texts, Gateways: texts }),
  ),
  Ports: z.array(
    z.object({ HostPort: z.int(), ContainerPort: z.int(), Protocol: text, HostIP: text }),
  ),
  HostsPath: text,
  ResolvConfPath: text,
  HostnamePath: text,
  State: state,
})

export const attachmentRow: z.ZodType<AttachmentRow> = named('Attachment', {
  Network: text,
  ContainerID: text,
  Interface: text,
  Netns: text,
  Addresses: texts,
  Ours: z.boolean(),
})

export const reservationRow: z.ZodType<ReservationRow> = named('Reservation', {
  Network: text,
  Address: text,
  ContainerID: text,
  Interface: text,
  Since: text,
})

export const findingRow: z.ZodType<FindingRow> = named('Finding', {
  ID: text,
  Kind: text,
  Severity: text,
  About: text,
  Subject: text,
  Message: text,
  Evidence: texts,
  Ours: z.boolean(),
  Fix: text,
  Repair: text,
})

export const repairRow: z.ZodType<RepairRow> = named('Repair', {
  Kind: text,
  Repair: text,
  Outcome: text,
  Why: texts,
  Plan: maybe(z.any().openapi({ type: 'object', description: 'The repair, in a dry run.' })),
})

export const traffic: z.ZodType<Traffic & { readonly Time: string }> = named('Traffic', {
  Time: text,
  Networks: z.array(z.object({ Name: text, Driver: text, Containers: z.int(), ...octets })),
  Containers: z.array(
    z.object({
      ID: text,
      Name: text,
      State: state,
      Networks: texts,
      Addresses: texts,
      ...octets,
    }),
  ),
})

export const hostEvent: z.ZodType<HostEvent> = named('Event', {
  ID: text,
  Time: text,
  Type: z.enum(eventTypes),
  Message: text,
  By: maybe(text),
  Subject: maybe(text),
  Network: maybe(text),
  Container: maybe(text),
  Name: maybe(text),
  Namespace: maybe(text),
  Interface: maybe(text),
  Addresses: maybe(texts),
  Finding: maybe(text),
  Repair: maybe(text),
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
