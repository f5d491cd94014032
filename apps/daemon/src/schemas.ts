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

const text = z.string()
const texts = z.array(text)
const labels = z.record(text, text)
const state = z.enum(['prepared', 'running', 'paused', 'stopped', 'failed', 'dead', 'unknown'])
const octets = { ReceivedBytes: maybe(z.int()), SentBytes: maybe(z.int()) }

export const networkRow: z.ZodType<NetworkRow> = z
  .object({
    ID: text,
    Name: text,
    Driver: text,
    Labels: labels,
    File: text,
    Managed: z.boolean(),
    Origin: z.enum(['own', 'nerdctl', 'containerd', 'podman', 'cri-o', 'other']),
  })
  .openapi('Network')

const endpoint = z.object({
  Name: text,
  MacAddress: text,
  IPv4Address: text,
  IPv6Address: text,
})

export const dockerNetwork: z.ZodType<DockerNetwork> = z
  .object({
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
  .openapi('NetworkDetails')

export const nativeNetwork: z.ZodType<NativeNetwork> = z
  .object({
    CNI: z.any().openapi({ type: 'object', description: 'The conf list.' }),
    NerdctlID: text.nullable(),
    NerdctlLabels: maybe(labels),
    File: text,
    Containers: z.array(endpoint.extend({ ID: text })).nullable(),
  })
  .openapi('NativeNetwork')

export const createdNetwork: z.ZodType<{
  readonly ID: string
  readonly Name: string
  readonly Notes: readonly string[]
}> = z.object({ ID: text, Name: text, Notes: texts }).openapi('CreatedNetwork')

export const containerRow: z.ZodType<ContainerRow> = z
  .object({
    ID: text,
    Name: text,
    Networks: texts,
    Addresses: texts,
    Ports: text,
    State: state,
  })
  .openapi('Container')

export const containerDetails: z.ZodType<ContainerDetails> = z
  .object({
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
  .openapi('ContainerDetails')

export const attachmentRow: z.ZodType<AttachmentRow> = z
  .object({
    Network: text,
    ContainerID: text,
    Interface: text,
    Netns: text,
    Addresses: texts,
    Ours: z.boolean(),
  })
  .openapi('Attachment')

export const reservationRow: z.ZodType<ReservationRow> = z
  .object({ Network: text, Address: text, ContainerID: text, Interface: text, Since: text })
  .openapi('Reservation')

export const findingRow: z.ZodType<FindingRow> = z
  .object({
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
  .openapi('Finding')

export const repairRow: z.ZodType<RepairRow> = z
  .object({
    Kind: text,
    Repair: text,
    Outcome: text,
    Why: texts,
    Plan: maybe(z.any().openapi({ type: 'object', description: 'The repair, in a dry run.' })),
  })
  .openapi('Repair')

export const traffic: z.ZodType<Traffic & { readonly Time: string }> = z
  .object({
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
  .openapi('Traffic')

export const hostEvent: z.ZodType<HostEvent> = z
  .object({
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
  .openapi('Event')

/** An event as it is sent, in the form that OpenAPI 3.2 gives to server-sent events: `data` is the event as JSON. */
export const sentEvent: z.ZodType = z
  .object({
    id: text,
    event: z.enum(eventTypes),
    data: z.string().openapi({
      contentMediaType: 'application/json',
      contentSchema: { $ref: '#/components/schemas/Event' },
    } as never),
  })
  .openapi('SentEvent')

export const problem: z.ZodType<Problem> = z
  .object({
    type: text,
    title: text,
    status: z.int(),
    detail: text,
    code: maybe(z.int()),
    hint: maybe(text),
    causes: maybe(texts),
  })
  .openapi('Problem')
