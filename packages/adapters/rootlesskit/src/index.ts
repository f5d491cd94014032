/**
 * `RootlessKit` by the HTTP API on `api.sock` in its state folder, as releases 0.11 to 3 have it, and what a host has of
 * all that it needs. Not for starting it, nor for what is published: that is the engine's.
 */
export { bypassDaemon } from './bypass-daemon.ts'
export { lifeOfKit } from './life-of-kit.ts'
export { type RootlessKitOptions, rootlessKit } from './rootless-kit.ts'
export { userFacts } from './user-facts.ts'
