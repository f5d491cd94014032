/** `RootlessKit` by the HTTP API on `api.sock` in its state folder (0.11 to 3), and what a user's host has. Not for starting it. */
export { bypassDaemon } from './bypass-daemon.ts'
export { lifeOfKit } from './life-of-kit.ts'
export { type RootlessKitOptions, rootlessKit } from './rootless-kit.ts'
export { userFacts } from './user-facts.ts'
