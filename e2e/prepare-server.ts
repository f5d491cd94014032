import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { Host } from './host.ts'

/** Prepares a bundle that serves `page of ID` at port 80, and returns its folder. */
export async function prepareServer(
  host: Host,
  id: string,
  flags: readonly string[],
): Promise<string> {
  const bundle = await host.bundle(id, ['httpd', '-f', '-p', '80', '-h', '/www'])
  await writeFile(`${bundle}/rootfs/www/index.html`, `page of ${id}`)
  const ran = await host.vethra('bundle', 'prepare', bundle, '--id', id, ...flags)
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  return bundle
}
