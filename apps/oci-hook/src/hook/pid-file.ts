import { dirname } from 'node:path'
import type { Files, World } from '@vethra/world'
import type { Container } from './container.ts'

/** Writes the container's pid where `bundle prepare` recorded that it is wanted; nowhere else. */
export async function writePidFile(files: Files, { state, request }: Container): Promise<void> {
  if (request.pidFile === undefined) return
  await files.makeFolder(dirname(request.pidFile), 0o755)
  await files.write(request.pidFile, String(state.pid), { mode: 0o644, sync: false })
}

/** Removes the pid file, whose number may be reused later; one with another living process's number is another container's. */
export async function removePidFile(
  { files, netns }: Pick<World, 'files' | 'netns'>,
  { state, request: { pidFile } }: Container,
): Promise<void> {
  if (pidFile === undefined) return
  const text = (await files.read(pidFile)) ?? ''
  const isNumber = /^\d{1,10}$/.test(text)
  const isOwn = isNumber && Number(text) === state.pid
  const lives = isNumber && (await netns.look(`/proc/${text}/ns/net`)).found === 'namespace'
  if (isOwn || !lives) await files.remove(pidFile)
}
