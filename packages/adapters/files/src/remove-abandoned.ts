import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errno, fileError } from './file-error.ts'
import { pidNamespace } from './pid-namespace.ts'

/** Removes temporary files of ours whose process is gone. A missing folder is fine. Throws CniError 5. */
export async function removeAbandoned(folder: string): Promise<void> {
  try {
    for (const name of readdirSync(folder)) {
      const [, pid, namespace] = /^\.tmp-(\d+)-(\d+)-[0-9a-f-]+$/.exec(name) ?? []
      // In another PID namespace the number is another process's, and may be alive.
      if (pid === undefined || namespace !== pidNamespace()) continue
      if (!existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true })
    }
  } catch (error) {
    if (errno(error) === 'ENOENT') return
    throw fileError('clean', folder, error)
  }
}
