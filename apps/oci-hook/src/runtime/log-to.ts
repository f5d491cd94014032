import { type LogLine, logFile, logLine } from '@vethra/container'
import type { RuntimeLog } from '@vethra/container/runtime'
import type { Io } from '@vethra/world'
import type { RuntimeHost } from './runtime-host.ts'

/** Writes a line to the log of the real runtime, as `--log` and `--log-format` say; false where there is none, or it cannot be written. */
export function logTo(host: RuntimeHost, { log, logFormat }: RuntimeLog, line: LogLine): boolean {
  const file = logFile(log)
  return file !== undefined && host.appendLog(file, logLine(logFormat, line))
}

/** The time of a line, in whole seconds, as Go writes it. */
export function timeOf({ now }: Io): string {
  return new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z')
}
