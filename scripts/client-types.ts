// Writes the types of the client from packages/adapters/client/openapi.json: they are not checked in.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { typesOf } from '../packages/adapters/client/test/types-of.ts'

const folder = join(import.meta.dirname, '../packages/adapters/client')
const document = JSON.parse(await readFile(join(folder, 'openapi.json'), 'utf8'))
await writeFile(join(folder, 'src/api-types.ts'), await typesOf(document))
