import { writeSync } from 'node:fs'
import { type Fault, readFault } from './read-fault.ts'

/** The kinds of a step: `write` takes space on a disk, `remove` gives some back, any other changes no file. */
export type StepKind = 'write' | 'remove' | 'lock' | 'plugin' | 'program' | 'socket' | 'process'

/** Tells that a step is about to be taken, `what` for people: VETHRA_FAULT has the process killed or stopped there, or the step throw a system error. */
export type FaultPoint = (kind: StepKind, what: string) => void

/** The fault point of this process. */
export const faultPoint: FaultPoint = pointOf(
  // biome-ignore lint/style/noProcessEnv: nothing may be handed down for it through every function that writes
  readFault(process.env['VETHRA_FAULT']),
)

/** A fault point that has the fault happen; without one it does nothing. */
export function pointOf(
  fault: Fault | undefined,
  signal: (name: 'SIGKILL' | 'SIGSTOP', what: string) => void = signalThisProcess,
): FaultPoint {
  if (fault === undefined) return () => {}
  let counted = 0
  return (kind, what) => {
    if (!concerns(fault, kind)) return
    counted += 1
    if (counted !== fault.step && !(fault.lasting && counted > fault.step)) return
    const place = `at step ${counted}, ${kind} ${what}\n`
    if (fault.kind === 'kill') signal('SIGKILL', `fault: killed ${place}`)
    else if (fault.kind === 'stop') signal('SIGSTOP', `fault: stopped ${place}`)
    else throw refusal(fault.kind, `${kind} ${what}`)
  }
}

// A disk that is full still lets go of files; one that is mounted for reading alone does not.
function concerns({ kind }: Fault, step: StepKind): boolean {
  return (
    kind === 'kill' ||
    kind === 'stop' ||
    step === 'write' ||
    (kind === 'EROFS' && step === 'remove')
  )
}

function signalThisProcess(name: 'SIGKILL' | 'SIGSTOP', what: string): void {
  writeSync(2, what)
  process.kill(process.pid, name)
}

function refusal(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: fault at ${what}`), { code })
}
