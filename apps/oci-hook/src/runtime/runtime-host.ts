import { type LogLine, logFile, logLine } from '@vethra/container'
import type { RuntimeLog } from '@vethra/container/runtime'
import type { Here, Io } from '@vethra/world'

/** The real runtime: as it was named, which becomes its argv[0], and its path. */
interface RealRuntime {
  readonly name: string
  readonly path: string
}

/** The host that the runtime runs on. */
export interface RuntimeHost {
  /** The real runtime, by the environment and vethra.toml. Throws CniError 100 where there is none. */
  binary(): Promise<RealRuntime>
  /** The absolute path of a bundle as it was given, and the text of its config.json where that can be read. */
  bundle(given: string | undefined): { readonly folder: string; readonly config: string }
  /** Whether the real runtime has the state of a call's container, in its `root` or where it keeps them by default. */
  hasContainer(binary: RealRuntime, call: { readonly id: string; readonly root?: string }): boolean
  /** Appends to a log of the real runtime's; false where that cannot be written. */
  appendLog(file: string, line: string): boolean
  /** The ports that a bundle is prepared through; loaded where one is. Without `lasting` nothing need outlive a power cut. */
  here(io: Io, lasting: boolean): Promise<Here>
  /** Becomes the real runtime, with this process's last arguments, and more variables. Throws CniError 5 when refused, 100 when it is gone. */
  become(
    binary: RealRuntime,
    call: {
      readonly argumentCount: number
      readonly variables: Readonly<Record<string, string>>
    },
  ): never
}

/** Writes a line to the log of the real runtime, as `--log` and `--log-format` say; false where there is none, or it cannot be written. */
export function logTo(host: RuntimeHost, { log, logFormat }: RuntimeLog, line: LogLine): boolean {
  const file = logFile(log)
  return file !== undefined && host.appendLog(file, logLine(logFormat, line))
}

/** The time of a line, in whole seconds, as Go writes it. */
export function timeOf({ now }: Io): string {
  return new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z')
}
