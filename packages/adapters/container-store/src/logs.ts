import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { appendText, errno, fileError } from '@vethra/files'

/** The two runs of the hook in a container's life. */
export type HookEvent = 'createRuntime' | 'postStop'

/** `oci-hook.<event>.log` of one container (0600). */
export interface Logs {
  /** Begins the log of a run with some lines, or none; that of the run before is kept as `….log.1`, older ones are not. */
  startLog(id: string, event: HookEvent, text: string): Promise<void>
  /** Adds lines to the log of the run. Of a text beyond 64 KiB only the end is kept. */
  appendLog(id: string, event: HookEvent, text: string): Promise<void>
}

export function logs(prepare: (id: string) => Promise<string>): Logs {
  const path = async (id: string, event: HookEvent) =>
    join(await prepare(id), `oci-hook.${event}.log`)
  return {
    async startLog(id, event, text) {
      const log = await path(id, event)
      await keepPrevious(log)
      await appendText(log, asLines(text), { mode: 0o600 })
    },

    async appendLog(id, event, text) {
      await appendText(await path(id, event), asLines(text), { mode: 0o600 })
    },
  }
}

async function keepPrevious(log: string): Promise<void> {
  try {
    await rename(log, `${log}.1`)
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw fileError('keep the log', log, error)
  }
}

/** The end of a text is where an error is told, and a plugin may print as much as it likes. */
function asLines(text: string): string {
  const kept = text.length > longest ? `[…]${text.slice(-longest)}` : text
  return kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`
}

const longest = 64 * 1024
