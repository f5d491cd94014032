/**
 * The protocol of the daemon and its clients: events and their stream, failures as problem details,
 * metrics as text, byte rates. Not for sockets, HTTP or printing: that is `@vethra/daemon` and
 * `@vethra/cli`.
 */
export { type DaemonEvent, type EventType, eventTypes } from './event.ts'
export { type EventLog, type EventsAfter, eventLog } from './event-log.ts'
export { parseEventStream, renderEvent } from './event-stream.ts'
export { type MetricFamily, type MetricSample, renderMetrics } from './metrics.ts'
export { errorOf, type Problem, problemOf, statusOf } from './problem.ts'
