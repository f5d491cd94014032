import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lock } from '@vethra/world'
import { describeIpamStore } from '@vethra/world-kit'
import { diskIpamStore } from './index.ts'

/** A lock for the writers of this process: each waits for the one before. */
function queue(): Lock {
  let last: Promise<unknown> = Promise.resolve()
  return {
    hold(_path, work) {
      const mine = last.then(
        () => work(),
        () => work(),
      )
      last = mine.catch(() => {})
      return mine
    },
  }
}

for (const index of ['with an index', 'without an index'] as const) {
  describeIpamStore(`diskIpamStore ${index}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'vethra-ipam-'))
    const places = {
      dataDir: join(dir, 'networks'),
      lock: queue(),
      ...(index === 'with an index' ? { indexDir: join(dir, 'index') } : {}),
    }
    return {
      store: diskIpamStore(places),
      other: diskIpamStore({ ...places }),
      close: async () => rmSync(dir, { recursive: true }),
    }
  })
}
