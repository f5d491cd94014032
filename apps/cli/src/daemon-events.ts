import { setTimeout } from 'node:timers/promises'
import { type HostEvent, parseEventStream } from '@vethra/api'
import { CniError } from '@vethra/cni'
import type { DaemonClient } from './daemon-client.ts'
import type { EventReading } from './event-reading.ts'

/** How long a daemon that has stopped is waited for: as long as a restart may take. */
const patienceMs = 30_000

/** Events for those who may open the daemon's socket and not the file of events. Throws CniError 101 when no daemon runs. */
export async function readDaemonEvents(
  client: DaemonClient,
  { after, follow, hand, now }: EventReading,
): Promise<void> {
  let place = after
  let isWanted = true
  const read = () => {
    const parse = parseEventStream()
    const from = place === undefined ? '' : `&after=${place}`
    return client.follow(`/events?follow=${follow}${from}`, (text) => {
      for (const data of parse(text)) {
        const event = JSON.parse(data) as HostEvent
        place = event.ID
        isWanted &&= hand(event)
      }
      return isWanted
    })
  }
  await read()
  // The daemon has stopped: what comes after a restart is told, too.
  for (let end = now() + patienceMs; follow && isWanted; ) {
    await setTimeout(500)
    try {
      place ??= '0'
      await read()
      end = now() + patienceMs
    } catch (error) {
      if (!(error instanceof CniError) || error.code !== 101 || now() > end) throw error
    }
  }
}
