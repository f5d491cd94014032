/** Events, their lines, filters and stream; failures as problem details; metrics as text. Not for sockets, files or printing. */
export { type EventType, eventTypes, type HostEvent, type NewEvent } from './event.ts'
export { eventFilter } from './event-filter.ts'
export * from './event-lines.ts'
export { parseEventStream, renderEvent, type StreamBlock } from './event-stream.ts'
export { type MetricFamily, type MetricSample, renderMetrics } from './metrics.ts'
export { errorOf, type Problem, problemOf } from './problem.ts'
export { readSince, type Since } from './since.ts'
