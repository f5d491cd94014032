import { dirname } from 'node:path'
import { makeFolder, removeFile, writeWhole } from '@vethra/files'
import type { Container } from './container.ts'

/** Writes the container's pid where `bundle prepare` recorded that it is wanted; nowhere else. */
export async function writePidFile({ state, request }: Container): Promise<void> {
  if (request.pidFile === undefined) return
  await makeFolder(dirname(request.pidFile), 0o755)
  await writeWhole(request.pidFile, String(state.pid), { mode: 0o644, sync: false })
}

/** Removes the pid file: a stale number may be another process's later (nerdctl leaves a 0). */
export async function removePidFile({ request }: Container): Promise<void> {
  if (request.pidFile !== undefined) await removeFile(request.pidFile)
}
