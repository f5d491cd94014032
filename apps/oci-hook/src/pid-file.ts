import { dirname } from 'node:path'
import type { Files } from '@vethra/world'
import type { Container } from './container.ts'

/** Writes the container's pid where `bundle prepare` recorded that it is wanted; nowhere else. */
export async function writePidFile(files: Files, { state, request }: Container): Promise<void> {
  if (request.pidFile === undefined) return
  await files.makeFolder(dirname(request.pidFile), 0o755)
  await files.write(request.pidFile, String(state.pid), { mode: 0o644, sync: false })
}

/** Removes the pid file: a stale number may be another process's later (nerdctl leaves a 0). */
export async function removePidFile(files: Files, { request }: Container): Promise<void> {
  if (request.pidFile !== undefined) await files.remove(request.pidFile)
}
