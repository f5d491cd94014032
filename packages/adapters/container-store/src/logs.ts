import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { faultPoint } from '@vethra/faults'
import { appendText, errno, fileError } from '@vethra/files'
import type { HookEvent, HookLogs } from '@vethra/manage'

export function logs(prepare: (id: string) => Promise<string>): HookLogs {
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
    faultPoint('remove', log)
    renameSync(log, `${log}.1`)
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
