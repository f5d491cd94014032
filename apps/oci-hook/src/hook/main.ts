import { CniError, explain, usageError } from '@vethra/cni'
import { idInState, type OciState, parseState } from '@vethra/container'
import { splitHookFlags } from '@vethra/settings'
import type { Here, HookEvent, Io } from '@vethra/world'
import { type HookRun, openContainer, openLog, openOwnLog } from './container.ts'
import { createRuntime } from './create-runtime.ts'
import { postStop } from './post-stop.ts'

/**
 * Runs one hook and returns the exit status: 0 done, 1 it failed, 2 the command line is wrong. `argv`
 * is what follows the program's name: global flags, `oci-hook` or nerdctl's `internal oci-hook`, and
 * the event; `here` is the host to act on. A failure, and what it warns of, is written to standard error and to the container's
 * `oci-hook.<event>.log`. The event `precreate` has a config.json on standard input, and writes one.
 */
export async function main(argv: readonly string[], given: Io, here: Here): Promise<number> {
  const told: string[] = []
  const complain = (line: string) => {
    told.push(line)
    given.complain(line)
  }
  const io = { ...given, complain }
  let record = async (_lines: readonly string[]): Promise<void> => {}
  try {
    const { flags, rest } = splitHookFlags(argv)
    const event = eventOf(rest)
    // nerdctl's own hook line, whose data root is nerdctl's.
    const dataRoot = rest.includes('internal') ? '/var/lib/nerdctl' : undefined
    const onFault = (fault: unknown) => explain(fault, 'warning').forEach(complain)
    const settings = await here.settings(flags, dataRoot)
    const world = await here.world(settings, { onLine: complain, onFault })
    if (event === 'precreate') {
      // Loaded where it is called for: the other events need no more than they have.
      io.write(await (await import('./precreate.ts')).precreate(world, io))
      return 0
    }
    const run = { world, event, io }
    const state = await readState(run, await io.readStdin())
    const log = await openLog(run, state)
    record = log.record
    const open = () => openContainer(run, state, log)
    if (event === 'createRuntime') await createRuntime(world, await open())
    else await postStop(world, { ...log, id: state.id }, open)
    await record([...told, `${event} done`])
    return 0
  } catch (error) {
    if (!(error instanceof CniError)) {
      // A fault of ours ends the process at once: the log has been begun by then.
      await record([])
      throw error
    }
    for (const line of explain(error)) io.complain(line)
    await record(told)
    return error.code === 103 ? 2 : 1
  }
}

// What is wrong with a state is told in the log of the container that it names, where that is known.
async function readState(run: HookRun, text: string): Promise<OciState> {
  try {
    return parseState(text)
  } catch (error) {
    const id = idInState(text)
    const log = id === undefined ? undefined : await openOwnLog(run, id)
    await log?.record(explain(error))
    throw error
  }
}

function eventOf(rest: readonly string[]): HookEvent | 'precreate' {
  const event = rest[rest.length - 1] ?? ''
  if (event === 'createRuntime' || event === 'postStop' || event === 'precreate') return event
  throw usageError(
    event === 'oci-hook' ? 'event type needs to be passed' : `unexpected event "${event}"`,
    'Call it as "vethra oci-hook createRuntime" or "vethra oci-hook postStop", with the container state on standard input.',
  )
}
