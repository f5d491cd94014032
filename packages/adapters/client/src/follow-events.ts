import { setTimeout } from 'node:timers/promises'
import { errorOf, type HostEvent, parseEventStream, type StreamBlock } from '@vethra/api'
import { CniError } from '@vethra/cni'
import { stranger } from './failures.ts'
import type { Fetch } from './socket-fetch.ts'

/** Which events are wanted, and for how long. */
export interface EventOptions {
  /** The id of the last event seen (its `ID`), or `0` for all that are kept. Default: only new ones. */
  readonly after?: string
  /** Whether to wait for more after the existing ones. Default true. */
  readonly follow?: boolean
  /** Ends the events, without an error. */
  readonly signal?: AbortSignal
  /** How long a daemon that has stopped is waited for, in milliseconds. Default 30,000: as long as a restart may take. */
  readonly resumeMs?: number
}

const pauseMs = 500

/** Events from a daemon, each once: after a restart they go on where they ended. Throws CniError as `Call`. */
export async function* followEvents(
  fetch: Fetch,
  options: EventOptions,
  socket: string,
): AsyncGenerator<HostEvent, void, undefined> {
  const { follow = true, resumeMs = 30_000, signal } = options
  let place = options.after
  // The first connection is tried once: a daemon that is not there may never come.
  let triesLeft = 0
  for (;;) {
    try {
      for await (const { id, data } of blocks(
        await open(fetch, { place, follow, signal, socket }),
      )) {
        triesLeft = Math.ceil(resumeMs / pauseMs)
        place = id ?? place
        if (data !== undefined) yield JSON.parse(data) as HostEvent
      }
      if (!follow) return
    } catch (error) {
      if (signal?.aborted) return
      const isGone = error instanceof CniError && error.code === 101
      if (!isGone || !follow || triesLeft === 0) throw error
    }
    triesLeft -= 1
    if (await isAbortedWithin(pauseMs, signal)) return
  }
}

async function isAbortedWithin(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await setTimeout(ms, undefined, signal ? { signal } : {})
    return false
  } catch (error) {
    if (signal?.aborted) return true
    throw error
  }
}

interface Opening {
  readonly place: string | undefined
  readonly follow: boolean
  readonly signal: AbortSignal | undefined
  readonly socket: string
}

async function open(fetch: Fetch, { place, follow, signal, socket }: Opening): Promise<Response> {
  const query = new URLSearchParams({ follow: String(follow), ...(place && { after: place }) })
  const init = signal ? { signal } : {}
  const response = await fetch(new Request(`http://vethra/events?${query}`, init))
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json')) throw errorOf(JSON.parse(await response.text()))
  if (type.startsWith('text/event-stream')) return response
  await response.body?.cancel()
  throw stranger(socket)
}

async function* blocks({ body }: Response): AsyncGenerator<StreamBlock, void, undefined> {
  if (body === null) return
  const parse = parseEventStream()
  const decoder = new TextDecoder()
  for await (const chunk of body) yield* parse(decoder.decode(chunk, { stream: true }))
}
