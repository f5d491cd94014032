import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** A process: its start time distinguishes it from a later one of the same number. */
export interface Process {
  readonly pid: number
  /** Clock ticks since the machine was started, as /proc has them. */
  readonly startTime: string
}

/** The process of a number; undefined when there is none, or only what is left of one that has ended. */
export function processAt(pid: number): Process | undefined {
  const [state = '', ...rest] = fieldsAfterName(textOf(`/proc/${pid}/stat`))
  const startTime = rest[18]
  return startTime === undefined || hasEnded(pid, state) ? undefined : { pid, startTime }
}

/** Whether that very process is alive. */
export function isAlive({ pid, startTime }: Process): boolean {
  return startTime !== '' && processAt(pid)?.startTime === startTime
}

const runBy = 'VETHRA_RUN_BY'

/** Our environment for a program, with this process in it: a program that outlives us is known by that. */
export function environmentByUs(): Readonly<Record<string, string | undefined>> {
  const { pid, startTime } = processAt(process.pid) ?? { pid: process.pid, startTime: '' }
  // biome-ignore lint/style/noProcessEnv: it is what a program inherits where nothing is said of its environment
  return { ...process.env, [runBy]: `${pid}/${startTime}` }
}

/** Whether a program was run by a process of ours that has ended meanwhile, by the program's environment as /proc has it. */
export function isLeftByUs(environment: string): boolean {
  const [, pid, startTime] = new RegExp(`\\0${runBy}=(\\d+)/(\\d+)\\0`).exec(environment) ?? []
  return pid !== undefined && startTime !== undefined && !isAlive({ pid: Number(pid), startTime })
}

/** Whether no process has a number, as far as our PID namespace goes: /proc can hide those of others (hidepid). */
export function isFree(pid: number): boolean {
  const [state] = fieldsAfterName(textOf(`/proc/${pid}/stat`))
  if (state !== undefined) return hasEnded(pid, state)
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Whether a process is of our user alone, in our PID namespace: set-user-ID programs and root in a container name themselves freely. */
export function isOfOurs(pid: number): boolean {
  if (!isInOurs(pid, ownNamespace())) return false
  const uid = String(process.geteuid?.())
  const uids = /^Uid:\t(.*)$/m.exec(textOf(`/proc/${pid}/status`))?.[1]?.split('\t') ?? ['']
  return uids.every((each) => each === uid)
}

/** Processes of our PID namespace and effective user, ascending; `isOfOurs` takes three times as long, for a match. */
export function ownPids(): readonly number[] {
  const namespace = ownNamespace()
  return allPids().filter((pid) => isInOurs(pid, namespace))
}

function isInOurs(pid: number, namespace: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.geteuid?.()) return false
    return readlinkSync(`/proc/${pid}/ns/pid`) === namespace
  } catch {
    // It has ended meanwhile, or is not ours to see.
    return false
  }
}

function ownNamespace(): string {
  return readlinkSync('/proc/self/ns/pid')
}

/** The numbers of all processes. */
export function allPids(): readonly number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** The text of a file of /proc; empty when its process has gone meanwhile or is not ours to see. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The names in a folder of /proc or /sys; none when its process or device is missing, or not ours to see. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The inodes of the sockets that a process has open; none when it has gone meanwhile or is not ours to see. */
export function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  const links = namesIn(folder).map((name) => targetOf(`${folder}/${name}`))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

// What was closed since it was listed leads nowhere.
function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

// The name, in brackets, may hold blanks and brackets itself: proc(5), "/proc/pid/stat".
function fieldsAfterName(stat: string): readonly string[] {
  const end = stat.lastIndexOf(') ')
  return end === -1 ? [] : stat.slice(end + 2).split(' ')
}

// The first thread can be gone and others not, and then the sockets are still open.
function hasEnded(pid: number, state: string): boolean {
  return /^[ZXx]/.test(state) && namesIn(`/proc/${pid}/task`).length < 2
}
