/**
 * The hook that an OCI runtime calls when a container starts (createRuntime) and after it has
 * stopped (postStop). Not a command for people: they use `@vethra/cli`.
 */
export { main } from './main.ts'
