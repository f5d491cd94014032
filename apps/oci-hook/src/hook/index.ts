/** The hook that an OCI runtime calls at createRuntime and postStop. Not a command for people: they use `@vethra/cli`. */
export { main } from './main.ts'
