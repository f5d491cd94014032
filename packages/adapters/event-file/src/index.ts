/**
 * The history of what commands did on a host, in a file that each of them appends to. Not for deciding what is
 * an event: callers tell.
 */
export { eventFile } from './event-file.ts'
export type { EventFileOptions } from './options.ts'
