/** A line for the log of an OCI runtime. */
export interface LogLine {
  readonly level: 'error' | 'warning'
  readonly message: string
  /** As RFC 3339 has it. */
  readonly time: string
}

/** A line of the file of `--log`, with its line feed: JSON for `--log-format json`, else the text of Go's logrus. */
export function logLine(format: string | undefined, { level, message, time }: LogLine): string {
  if (format === 'json') return `${JSON.stringify({ level, msg: message, time })}\n`
  return `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`
}

/** The file that `--log` names; undefined for none, and for the journal and syslog of crun. */
export function logFile(log: string | undefined): string | undefined {
  if (log === undefined || log === '' || /^(journald|syslog):/.test(log)) return undefined
  return log.replace(/^file:/, '')
}
