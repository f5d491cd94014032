import { z } from '@hono/zod-openapi'
import { present } from '@vethra/cni'
import {
  connectContainer,
  createNetwork,
  disconnectContainer,
  inspectNetworks,
  listNetworks,
  networksNotFound,
  pruneNetworks,
  removeNetworks,
} from '@vethra/engine'
import { address, filters, identifier, inNamespace, matching, prefix } from './inputs.ts'
import { type Operation, operation } from './operation.ts'
import { createdNetwork, dockerNetwork, nativeNetwork, networkRow } from './schemas.ts'

const listOf = (text: z.ZodString, most = 256) => z.array(text).max(most).default([])
const pairs = z.record(z.string().max(4096), z.string().max(4096)).default({})
const network = z.object({ network: identifier.openapi({ description: 'Its name or id.' }) })

const auxAddress = matching(128, /^[^=]*=[0-9a-fA-F:.]+$/)

const newNetwork = z
  .strictObject({
    Name: matching(128, /^(?!(host|none)$)[a-zA-Z0-9][a-zA-Z0-9_.-]+$/),
    Driver: z.enum(['bridge', 'macvlan', 'ipvlan']).default('bridge'),
    Subnets: listOf(prefix),
    Gateways: listOf(address),
    IPRanges: listOf(prefix),
    AuxAddresses: listOf(auxAddress).openapi({
      description: 'NAME=IP: addresses that no container gets.',
    }),
    IPv4: z.boolean().default(true),
    IPv6: z.boolean().default(false),
    Internal: z.boolean().default(false),
    IPAMDriver: z.enum(['default', 'host-local', 'dhcp', 'static']).default('default'),
    IPAMOptions: pairs,
    Options: pairs,
    Labels: pairs,
  })
  .openapi('NewNetwork', { description: 'The fields are the flags of "vethra network create".' })

const connection = z
  .strictObject({
    Container: identifier.openapi({ description: 'Its id, the start of it, or its name.' }),
    IP: address.optional(),
    IP6: address.optional(),
    MacAddress: z
      .string()
      .regex(/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/)
      .optional(),
    Aliases: listOf(matching(253, /^[a-zA-Z0-9_.-]+$/), 128),
  })
  .openapi('Connection')

const disconnection = z
  .strictObject({ Container: identifier, Force: z.boolean().default(false) })
  .openapi('Disconnection')

/** The operations on networks. */
export const networkOperations: readonly Operation[] = [
  operation('listNetworks', 'get /networks', {
    shared: true,
    summary: 'List networks, as "vethra network ls --format json".',
    query: inNamespace.extend({ filter: filters }),
    answer: z.array(networkRow),
    run: async (api, { query }) =>
      (await listNetworks(await api.manage(query.namespace), query.filter)).rows,
  }),
  operation('createNetwork', 'post /networks', {
    summary: 'Create a network.',
    query: inNamespace,
    body: newNetwork,
    status: 201,
    answer: createdNetwork,
    run: async (api, { query, body }) => {
      const { Name, Driver, Subnets, Gateways, IPRanges, AuxAddresses } = body
      const { id, notes } = await createNetwork(await api.manage(query.namespace), {
        name: Name,
        driver: Driver,
        subnets: Subnets,
        gateways: Gateways,
        ipRanges: IPRanges,
        auxAddresses: AuxAddresses,
        ipv4: body.IPv4,
        ipv6: body.IPv6,
        internal: body.Internal,
        ipamDriver: body.IPAMDriver,
        ipamOptions: body.IPAMOptions,
        options: body.Options,
        labels: body.Labels,
      })
      return { ID: id, Name, Notes: notes }
    },
  }),
  operation('pruneNetworks', 'post /networks/prune', {
    summary: 'Remove all networks that no container uses, and list them.',
    query: inNamespace.extend({ filter: filters }),
    answer: z.array(z.string()),
    run: async (api, { query }) => {
      const tools = await api.manage(query.namespace)
      return (await pruneNetworks(tools, query.filter)).removed
    },
  }),
  operation('inspectNetwork', 'get /networks/{network}', {
    shared: true,
    summary:
      'Show a network and its containers: an element of the output of "vethra network inspect".',
    params: network,
    query: inNamespace.extend({ mode: z.enum(['dockercompat', 'native']).default('dockercompat') }),
    answer: z.union([dockerNetwork, nativeNetwork]),
    run: async (api, { params, query }) => {
      const { shown, missing } = await inspectNetworks(
        await api.manage(query.namespace),
        [params.network],
        query.mode,
      )
      if (missing.length > 0) throw networksNotFound(missing)
      return shown[0]
    },
  }),
  operation('removeNetwork', 'delete /networks/{network}', {
    summary: 'Remove a network with its bridge, rules and reservations.',
    params: network,
    query: inNamespace,
    status: 204,
    run: async (api, { params, query }) => {
      await removeNetworks(await api.manage(query.namespace), [params.network])
    },
  }),
  operation('connectContainer', 'post /networks/{network}/connect', {
    summary: 'Connect a container to a network, at once when it runs.',
    params: network,
    query: inNamespace,
    body: connection,
    status: 204,
    run: async (api, { params, query, body }) => {
      const { Container, IP, IP6, MacAddress, Aliases } = body
      await connectContainer(await api.manage(query.namespace), {
        network: params.network,
        container: Container,
        ...present({ ip: IP, ip6: IP6, macAddress: MacAddress }),
        alias: Aliases,
      })
    },
  }),
  operation('disconnectContainer', 'post /networks/{network}/disconnect', {
    summary: 'Disconnect a container from a network.',
    params: network,
    query: inNamespace,
    body: disconnection,
    status: 204,
    run: async (api, { params, query, body }) => {
      const warnings = await disconnectContainer(await api.manage(query.namespace), {
        network: params.network,
        container: body.Container,
        force: body.Force,
      })
      for (const each of warnings) api.warn(each)
    },
  }),
]
