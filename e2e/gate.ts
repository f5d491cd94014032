import { describe } from 'vitest'
import { isRoot } from './host.ts'

if (!isRoot && process.env['CI']) {
  throw new Error('The end-to-end tests need root, and in CI they never skip.')
}
if (!isRoot) {
  process.stderr.write('\nSKIPPED: the end-to-end tests need root. Run them with sudo.\n\n')
}

/** `describe`, where hosts can be made; loudly skipped where this is not root. */
export const describeOnHost: typeof describe.skip = describe.skipIf(!isRoot)
