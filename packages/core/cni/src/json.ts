/** Any JSON value, read-only. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object, read-only. */
export interface JsonObject {
  readonly [key: string]: Json
}
