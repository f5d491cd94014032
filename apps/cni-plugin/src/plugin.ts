import type { JsonObject, SpecVersion } from '@vethra/cni'
import type { Call } from './request.ts'

/** A call whose version was checked. */
export interface Request extends Call {
  readonly cniVersion: SpecVersion
}

/** The operations of a plugin; each throws the CniError to print. */
export interface Plugin {
  /** Returns the result, in the version of the request. */
  readonly add: (request: Request) => Promise<JsonObject>
  readonly del: (request: Request) => Promise<void>
  readonly check: (request: Request) => Promise<void>
  readonly gc: (request: Request) => Promise<void>
  readonly status: (request: Request) => Promise<void>
}
