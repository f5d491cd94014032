import { type CniError, explain } from '@vethra/cni'
import type { RuntimeLog } from '@vethra/container/runtime'
import type { Io } from '@vethra/world'
import type { RuntimeHost } from './runtime-host.ts'
import { logTo, timeOf } from './runtime-host.ts'

/** Says what went wrong on standard error, and in the log of the real runtime: containerd shows what it finds there. */
export function complain(
  { host, io }: { readonly host: RuntimeHost; readonly io: Io },
  log: RuntimeLog,
  error: CniError,
): void {
  const lines = explain(error)
  for (const line of lines) io.complain(line)
  const message = lines.map((line) => line.trim().replace(/^error: /, '')).join('; ')
  logTo(host, log, { level: 'error', message: `vethra: ${message}`, time: timeOf(io) })
}
