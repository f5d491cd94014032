import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { appendText, errno, faultPoint, fileError } from '@vethra/files'
import type { HookEvent, HookLogs } from '@vethra/world'

/** Logs in the folders of containers; the log of an event before is kept as `….log.1`. At most 64 Ki characters of a text are written: its end. */
export function logs(folder: (id: string) => string): HookLogs {
  const appendLog = async (id: string, event: HookEvent, text: string) => {
    if (existsSync(folder(id))) await appendText(place(id, event), asLines(text), { mode: 0o600 })
  }
  const place = (id: string, event: HookEvent) => join(folder(id), `oci-hook.${event}.log`)
  return {
    startLog: async (id, event, text) => {
      await keepPrevious(place(id, event))
      await appendLog(id, event, text)
    },
    appendLog,
  }
}

async function keepPrevious(log: string): Promise<void> {
  try {
    faultPoint('remove', log)
    renameSync(log, `${log}.1`)
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw fileError('keep the log', log, error)
  }
}

/** The end of a text holds the error, and a plugin may print as much as it likes. */
function asLines(text: string): string {
  const kept = text.length > longest ? `[…]${text.slice(-longest)}` : text
  return kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`
}

const longest = 64 * 1024
