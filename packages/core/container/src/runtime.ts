/** A call of an OCI runtime, and what the annotations of its bundle ask for: apart, as each call of one reads it. */

export { mayAsk } from './runtime/may-ask.ts'
export {
  type ContainerCall,
  parseDeleteCall,
  parseLog,
  parseStartCall,
  type RuntimeLog,
  type StartCall,
} from './runtime/parse-call.ts'
