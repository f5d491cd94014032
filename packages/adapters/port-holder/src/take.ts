import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CniError, ioError } from '@vethra/cni'
import { formatSocket, type HeldSocket, readSocket } from '@vethra/container'
import { faultPoint } from '@vethra/files'
import { type Process, processAt } from '@vethra/plugin-exec/programs'
import type { HoldRequest } from '@vethra/world'
import { endProcess } from './end-process.ts'
import { holderArgs } from './holder-processes.ts'
import type { HolderRecord, HolderRecords } from './records.ts'
import type { SocketOpener, StartedHolder } from './socket-opener.ts'
import { lookWhoHas } from './taken.ts'

interface TakeTools {
  readonly records: HolderRecords
  readonly program: readonly string[]
  readonly opener: SocketOpener
}

/** Takes all sockets and starts the process that keeps them; ends stale holders. Throws CniError 102 naming a port's holder, 100 or 5. */
export async function take(
  tools: TakeTools,
  request: HoldRequest,
  wanted: readonly HeldSocket[],
): Promise<StartedHolder> {
  const init = initOf(request)
  for (let pauseMs = 1; ; ) {
    const outcome = await tryToTake(tools, request, { init, wanted })
    if ('holder' in outcome) return outcome.holder
    const found = lookWhoHas(outcome.taken, request.containerId)
    if (found.kind === 'stale') await endProcess(found.holder)
    else if (found.kind === 'held' || pauseMs > longestPauseMs) throw found.error
    else {
      await sleep(pauseMs)
      pauseMs *= 2
    }
  }
}

/** The waits up to it add up to a quarter of a second. */
const longestPauseMs = 128

async function tryToTake(
  tools: TakeTools,
  request: HoldRequest,
  { init, wanted }: { readonly init: Process; readonly wanted: readonly HeldSocket[] },
): Promise<{ readonly holder: StartedHolder } | { readonly taken: HeldSocket }> {
  faultPoint('socket', wanted.map(formatSocket).join(' '))
  const opened = tools.opener.open(wanted)
  if ('taken' in opened) return opened
  const record = { containerId: request.containerId, sockets: opened.sockets.map(formatSocket) }
  const holder = await start(tools, { record, init }, opened.descriptors)
  const taken = tools.opener.takesAtOnce ? undefined : await takenBy(holder)
  return taken === undefined ? { holder } : { taken }
}

function initOf({ containerId, pid, startTime }: HoldRequest): Process {
  const found = processAt(pid)
  if (found && (startTime ?? found.startTime) === found.startTime) return found
  throw new CniError({ code: 3, message: `container ${containerId} has no process ${pid}` })
}

// The record is there before the process is, so that none is ever without one for longer than a kill allows.
async function start(
  { records, program, opener }: TakeTools,
  { record, init }: { readonly record: HolderRecord; readonly init: Process },
  descriptors: readonly number[],
): Promise<StartedHolder> {
  try {
    await records.write(record)
    const command = [...program, ...holderArgs({ ...record, init })]
    faultPoint('process', 'the port holder, to be started')
    const holder = startOr(() => opener.start(command, descriptors), descriptors.length)
    faultPoint('process', 'the port holder, running')
    const found = processAt(holder.pid)
    if (found) await records.write({ ...record, holder: found })
    return holder
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor)
  }
}

// Each socket is there twice while it is handed over, and each is a word of the command.
function startOr(start: () => StartedHolder, count: number): StartedHolder {
  try {
    return start()
  } catch (cause) {
    const message = `cannot start the process that holds ${count} ports`
    const hint =
      'Publish fewer ports, or raise the limit of open files: ulimit -n, or LimitNOFILE= in a unit.'
    throw ioError(message, { hint, cause })
  }
}

async function takenBy({ said }: StartedHolder): Promise<HeldSocket | undefined> {
  const [word, text = ''] = (await said).split(' ')
  return word === 'taken' ? readSocket(text) : undefined
}
