// Writes the OpenAPI document of the daemon into packages/adapters/client, and the types that are generated from
// it. Tests of the daemon and of the client fail while either is not what this writes.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiDocument } from '../apps/daemon/src/routes.ts'
import { typesOf } from '../packages/adapters/client/test/types-of.ts'

const folder = join(import.meta.dirname, '../packages/adapters/client')
const document = apiDocument('0.0.0')
await writeFile(join(folder, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
await writeFile(join(folder, 'src/api-types.ts'), await typesOf(document))
