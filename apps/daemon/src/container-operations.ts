import { z } from '@hono/zod-openapi'
import { present } from '@vethra/cni'
import {
  inspectContainer,
  listAttachments,
  listContainers,
  listReservations,
  readTraffic,
  releaseReservations,
  removeContainers,
} from '@vethra/engine'
import { address, identifier, inNamespace } from './inputs.ts'
import { type Operation, operation } from './operation.ts'
import {
  attachmentRow,
  containerDetails,
  containerRow,
  reservationRow,
  traffic,
} from './schemas.ts'

const container = z.object({
  container: identifier.openapi({ description: 'Its id, the start of it, or its name.' }),
})
const ofNetwork = z.object({ network: identifier.optional() })

/** The operations on containers and on their reservations. */
export const containerOperations: readonly Operation[] = [
  operation('listContainers', 'get /containers', {
    shared: true,
    summary: 'List containers, as "vethra container ls --format json".',
    query: inNamespace,
    answer: z.array(containerRow),
    run: async (api, { query }) => listContainers(await api.manage(query.namespace)),
  }),
  operation('inspectContainer', 'get /containers/{container}', {
    summary: 'Show a container, as "vethra container inspect".',
    params: container,
    query: inNamespace,
    answer: containerDetails,
    run: async (api, { params, query }) =>
      inspectContainer(await api.manage(query.namespace), params.container),
  }),
  operation('removeContainer', 'delete /containers/{container}', {
    summary:
      'Forget a container that its runtime has deleted, and free what it holds; config.json of its bundle is kept.',
    params: container,
    query: inNamespace,
    status: 204,
    run: async (api, { params, query }) => {
      const tools = await api.manage(query.namespace)
      // The sandbox of the unit shows the daemon no bundles, and lets it write to none.
      const options = { keepConfig: true }
      const { failure } = await removeContainers(tools, [params.container], options)
      if (failure) throw failure
    },
  }),
  operation('listAttachments', 'get /attachments', {
    shared: true,
    summary:
      'List attachments of all namespaces: those that are cached and those that are recorded.',
    query: ofNetwork,
    answer: z.array(attachmentRow),
    run: async (api, { query }) => listAttachments(await api.manage(), query.network),
  }),
  operation('listReservations', 'get /reservations', {
    shared: true,
    summary: 'List reserved addresses, as "vethra ipam ls --format json".',
    query: inNamespace.extend(ofNetwork.shape),
    answer: z.array(reservationRow),
    run: async (api, { query }) =>
      listReservations(await api.manage(query.namespace), query.network),
  }),
  operation('releaseReservations', 'delete /reservations/{network}', {
    summary: 'Release an address of a network, or all of a container, and list them.',
    params: z.object({ network: identifier }),
    query: inNamespace.extend({
      ip: address.optional(),
      id: identifier
        .optional()
        .openapi({ description: 'The container id, as reservations show it.' }),
    }),
    answer: z.array(z.string()),
    run: async (api, { params, query }) => {
      const { namespace, ip, id } = query
      const tools = await api.manage(namespace)
      return releaseReservations(tools, {
        network: params.network,
        ...present({ ip, id }),
      })
    },
  }),
  operation('readTraffic', 'get /traffic', {
    shared: true,
    summary: 'Report the traffic of networks and containers so far.',
    query: inNamespace,
    answer: traffic,
    run: async (api, { query }) => {
      const tools = await api.manage(query.namespace)
      const Time = new Date(api.now()).toISOString()
      return { Time, ...(await readTraffic(tools)) }
    },
  }),
]
