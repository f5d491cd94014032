import { CniError, explain } from '@vethra/cni'
import { idInState, type OciState, parseState } from '@vethra/container'
import { splitHookFlags } from '@vethra/settings'
import { asWarning, type HookEvent, openContainer, openLog, openOwnLog } from './container.ts'
import { createRuntime } from './create-runtime.ts'
import type { Io } from './io.ts'
import { postStop } from './post-stop.ts'
import { openTools, type Tools } from './tools.ts'

/**
 * Runs one hook and returns the exit status: 0 done, 1 it failed, 2 the command line is wrong. `argv`
 * is what follows the program's name: global flags, `oci-hook` or nerdctl's `internal oci-hook`, and
 * the event. A failure, and what it warns of, is written to standard error and to the container's
 * `oci-hook.<event>.log`.
 */
export async function main(argv: readonly string[], given: Io): Promise<number> {
  const told: string[] = []
  const complain = (line: string) => {
    told.push(line)
    given.complain(line)
  }
  const io = { ...given, complain }
  let record = async (_lines: readonly string[]): Promise<void> => {}
  const remains: string[] = []
  try {
    const { flags, rest } = splitHookFlags(argv)
    const event = eventOf(rest)
    const text = await io.readStdin()
    const opened = await openTools(flags, rest.includes('internal'), io)
    const onRemains = (each: CniError) => void remains.push(...explain(each).map(asWarning))
    const tools = { ...opened, host: { ...opened.host, onRemains } }
    const state = await readState(tools, text, event, io)
    const log = await openLog(tools, state, event, io)
    record = log.record
    const open = () => openContainer(tools, state, log, io)
    if (event === 'createRuntime') await createRuntime(tools, await open())
    else await postStop(tools, { ...log, id: state.id }, open)
    for (const line of remains) io.complain(line)
    await record([...told, `${event} done`])
    return 0
  } catch (error) {
    if (!(error instanceof CniError)) {
      // A fault of ours ends the process at once: the log has been begun by then.
      await record([])
      throw error
    }
    for (const line of [...remains, ...explain(error)]) io.complain(line)
    await record(told)
    return error.code === 103 ? 2 : 1
  }
}

// What is wrong with a state is told in the log of the container that it names, where that is known.
async function readState(tools: Tools, text: string, event: HookEvent, io: Io): Promise<OciState> {
  try {
    return parseState(text)
  } catch (error) {
    const id = idInState(text)
    const log = id === undefined ? undefined : await openOwnLog(tools, id, event, io)
    await log?.record(explain(error))
    throw error
  }
}

function eventOf(rest: readonly string[]): HookEvent {
  const event = rest[rest.length - 1] ?? ''
  if (event === 'createRuntime' || event === 'postStop') return event
  throw new CniError({
    code: 103,
    message: event === 'oci-hook' ? 'event type needs to be passed' : `unexpected event "${event}"`,
    hint: 'Call it as "vethra oci-hook createRuntime" or "vethra oci-hook postStop", with the container state on standard input.',
  })
}
