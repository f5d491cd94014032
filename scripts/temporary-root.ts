import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = mkdtempSync(join(tmpdir(), 'vethra-unit-'))

/** Has the unit tests of a run make their temporary folders in one of its own: none needs to remove them. */
export function setup(): void {
  // Some tests run programs as another user there.
  chmodSync(root, 0o755)
  process.env['TMPDIR'] = root
}

/** Removes that folder, with all that tests have left in it. */
export function teardown(): void {
  rmSync(root, { recursive: true, force: true })
}
