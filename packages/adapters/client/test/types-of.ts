import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript'

const head = '// Generated from openapi.json by scripts/client-types.ts.\n\n'

/** For tests and the generator: the types of an OpenAPI document as TypeScript. */
export async function typesOf(document: object): Promise<string> {
  const options = { defaultNonNullable: false, immutable: true, rootTypes: false }
  return head + astToString(await openapiTypescript(document as OpenAPI3, options))
}
