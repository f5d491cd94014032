import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { appendText, errno, faultPoint, fileError } from '@vethra/files'
import type { HookEvent, HookLogs } from '@vethra/world'

export function logs(folder: (id: string) => string): HookLogs {
  const append = async (id: string, event: HookEvent, text: string, begins: boolean) => {
    if (!existsSync(folder(id))) return
    const log = join(folder(id), `oci-hook.${event}.log`)
    if (begins) await keepPrevious(log)
    await appendText(log, asLines(text), { mode: 0o600 })
  }
  return {
    startLog: (id, event, text) => append(id, event, text, true),
    appendLog: (id, event, text) => append(id, event, text, false),
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
