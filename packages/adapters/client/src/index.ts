/** The daemon's API over its unix socket, typed from its OpenAPI document. Without a daemon, `@vethra/engine` does all of it. */
export type { Call, Client, Method } from './client.ts'
export type { EventOptions } from './follow-events.ts'
export { type ClientOptions, openClient } from './open-client.ts'
