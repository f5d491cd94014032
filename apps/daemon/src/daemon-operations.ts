import { z } from '@hono/zod-openapi'
import { renderMetrics } from '@vethra/api'
import { outcomeRow, plannedRow, findingRow as rowOf } from '@vethra/engine'
import { planRepairs } from '@vethra/findings'
import { eventStream } from './event-stream.ts'
import { readMetrics } from './metrics.ts'
import { type Operation, operation } from './operation.ts'
import { findingRow, repairRow, sentEvent } from './schemas.ts'

const eventId = z
  .string()
  .regex(/^\d{1,16}$/)
  .optional()

/** The operations on the daemon itself. */
export const daemonOperations: readonly Operation[] = [
  operation('listFindings', 'get /findings', {
    shared: true,
    summary: 'Look at the host now and report its findings, as "vethra doctor --format json".',
    answer: z.array(findingRow),
    run: async (api) => (await api.reconciler.findings()).map(rowOf),
  }),
  operation('repair', 'post /repair', {
    summary: 'Look at the host and repair it now, as "vethra doctor --repair --format json".',
    body: z.strictObject({ DryRun: z.boolean().default(false) }).openapi('RepairRequest'),
    answer: z.array(repairRow),
    run: async (api, { body }) =>
      body.DryRun
        ? planRepairs(await api.reconciler.findings()).map(plannedRow)
        : (await api.reconciler.repairNow()).map(outcomeRow),
  }),
  operation('followEvents', 'get /events', {
    summary:
      'Server-sent events, of what any command did and of what the daemon saw: those that are kept after an id, then each as it happens.',
    query: z.object({
      after: eventId.openapi({
        description: 'An id, as the header Last-Event-ID has it; default: only new ones.',
      }),
      follow: z.enum(['true', 'false']).default('true'),
    }),
    headers: z.object({
      'last-event-id': eventId.openapi({ description: 'Takes precedence over "after".' }),
    }),
    contentType: 'text/event-stream',
    answer: sentEvent,
    run: async (api, { query, headers }) =>
      eventStream(api, headers['last-event-id'] ?? query.after, query.follow === 'true'),
  }),
  operation('readHealth', 'get /health', {
    summary: 'Report whether the last look succeeded, and its findings: 503 until one did.',
    alike: [503],
    answer: z
      .object({
        Status: z.enum(['ok', 'starting', 'failing']),
        LastLook: z.string(),
        Errors: z.int(),
        Warnings: z.int(),
        Failure: z.string(),
      })
      .openapi('Health'),
    run: async (api) => {
      const last = api.reconciler.last()
      const count = (wanted: string) =>
        last?.findings.filter(({ severity }) => severity === wanted).length ?? 0
      const Status = last === undefined ? 'starting' : last.failure ? 'failing' : 'ok'
      const health = {
        Status,
        LastLook: last === undefined ? '' : new Date(last.atMs).toISOString(),
        Errors: count('error'),
        Warnings: count('warning'),
        Failure: last?.failure?.message ?? '',
      }
      return Response.json(health, { status: Status === 'ok' ? 200 : 503 })
    },
  }),
  operation('readVersion', 'get /version', {
    summary: 'Report the version, the process and the data store.',
    answer: z
      .object({ Version: z.string(), Pid: z.int(), DataStore: z.string() })
      .openapi('Version'),
    run: async (api) => ({ Version: api.version, Pid: process.pid, DataStore: api.dataStore }),
  }),
  operation('readMetrics', 'get /metrics', {
    shared: true,
    summary: 'Metrics as Prometheus reads them.',
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    answer: z.string(),
    run: async (api) => renderMetrics(await readMetrics(api)),
  }),
]
