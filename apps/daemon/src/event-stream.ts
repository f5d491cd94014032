import { renderEvent } from '@vethra/api'
import type { Api } from './api.ts'

/** How often a stream on which nothing happens says that it is there, in milliseconds: a client that has gone is noticed then. */
const heartbeatMs = 30_000

/**
 * The events after an id, as a stream of server-sent events; without one only new ones. A slow
 * reader keeps nothing but its place in the log; a comment reports the events that it missed. Ends
 * when the daemon stops, and with the log when it is not to follow.
 */
export async function eventStream(
  api: Api,
  after: string | undefined,
  follow: boolean,
): Promise<Response> {
  const { events, stopping } = api
  const gone = new AbortController()
  const encoder = new TextEncoder()
  let place = after ?? (await events.latest())
  const next = async (): Promise<string | undefined> => {
    for (;;) {
      const due = await events.after(place)
      const last = due.events.at(-1)
      if (last !== undefined) {
        place = last.ID
        const lost = due.lost ? ': events before these are no longer kept\n\n' : ''
        return lost + due.events.map(renderEvent).join('')
      }
      if (!follow || stopping.aborted || gone.signal.aborted) return undefined
      if (!(await happening(api, gone.signal))) return ': nothing new\n\n'
    }
  }
  const body = new ReadableStream<Uint8Array>({
    // The place where it begins: a client that sees no event before it loses the daemon resumes there.
    start: (controller) =>
      controller.enqueue(encoder.encode(`: vethra events\nretry: 1000\nid: ${place}\n\n`)),
    async pull(controller) {
      const text = await next()
      if (gone.signal.aborted) return
      if (text === undefined) controller.close()
      else controller.enqueue(encoder.encode(text))
    },
    cancel: () => gone.abort(),
  })
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(body, { headers })
}

/** Waits for an event, or for the end of the daemon or of the reader; false when nothing happens for a while. */
function happening({ happened, stopping }: Api, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isNew: boolean) => {
      clearTimeout(timer)
      happened.off('event', wake)
      for (const signal of [stopping, gone]) signal.removeEventListener('abort', wake)
      resolve(isNew)
    }
    const wake = () => end(true)
    const timer = setTimeout(() => end(false), heartbeatMs)
    happened.once('event', wake)
    for (const signal of [stopping, gone]) signal.addEventListener('abort', wake)
  })
}
