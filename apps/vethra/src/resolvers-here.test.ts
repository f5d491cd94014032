import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { resolversHere } from './resolvers-here.ts'

const folder = mkdtempSync(join(tmpdir(), 'resolvers-'))

it('a resolv.conf is read', async () => {
  const file = join(folder, 'resolv.conf')
  writeFileSync(file, 'nameserver 192.0.2.53\n')
  expect(await resolversHere(file)).toEqual({ nameservers: ['192.0.2.53'] })
})

it('a missing one is refused', async () => {
  await expect(resolversHere(join(folder, 'gone'))).rejects.toMatchObject({ code: 5 })
})
