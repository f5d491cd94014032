import type { PluginReport, PluginRunner } from '@vethra/world'

/** The parts that make a runner in a case. */
export interface RunnerLimits {
  readonly timeoutMs?: number
  readonly outputLimit?: number
  readonly onReport?: (report: PluginReport) => void
}

/** A PluginRunner that starts executables, and a folder to put some in. */
export interface RunnerSubject {
  /** The folder; the runner searches `ELSEWHERE` first, which does not exist, then this. */
  readonly folder: string
  readonly elsewhere: string
  /** A runner whose plugins inherit PATH and `SEEN=yes`. */
  runner(limits?: RunnerLimits): PluginRunner
  /** Writes a file of the folder, with this mode; gives back its path. */
  write(name: string, text: string, mode: number): Promise<string>
  /** Copies the program /bin/true into the folder and keeps it open for writing that many milliseconds. */
  busy(name: string, milliseconds: number): Promise<void>
  /** The text of a file of the folder, once it is there. */
  read(name: string): Promise<string>
  /** The state of a process as proc(5) gives it, `S` or `Z`; empty when there is none. */
  stateOf(pid: string): Promise<string>
  kill(pid: string): void
  close(): Promise<void>
}

/** Makes a subject; called before each case. */
export type OpenRunner = () => Promise<RunnerSubject>
