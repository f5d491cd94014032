/**
 * The daemon's API, asked over its unix socket: requests and answers typed from its OpenAPI document, events as they
 * happen, failures as CniError. Not for what needs no daemon: `@vethra/engine` does all of it by itself.
 */
export type { Call, Client, Method } from './client.ts'
export type { EventOptions } from './follow-events.ts'
export { type ClientOptions, openClient } from './open-client.ts'
