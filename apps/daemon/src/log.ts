import { escapeControls } from '@vethra/cni'
import type { ResolvedSettings } from '@vethra/settings'
import pino, { type Logger } from 'pino'

/**
 * The log: a JSON object a line, to standard error, written before the call returns. No worker threads,
 * which the executable could not start. At `info` unless another level is set.
 */
export function openLog({ settings, sources }: ResolvedSettings): Logger {
  const level = sources.log_level === 'default' ? 'info' : settings.logLevel
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const file = pino.destination({ fd: 2, sync: true })
  return pino(options, { write: (line) => void file.write(escapeControls(line)) })
}
