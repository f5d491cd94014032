/**
 * `RootlessKit` by the HTTP API on `api.sock` in its state folder, as releases 0.11 to 3 have it. Not for starting it,
 * nor for what is published: that is the engine's.
 */
export { type RootlessKitOptions, rootlessKit } from './rootless-kit.ts'
