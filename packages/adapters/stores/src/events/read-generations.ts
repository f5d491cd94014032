import { fstatSync, readSync } from 'node:fs'
import {
  type EventPlace,
  firstGeneration,
  generationOf,
  type HostEvent,
  readEventLines,
} from '@vethra/api'
import { ifThere } from '@vethra/files'

/** The whole lines of one file behind a place, a character an octet. */
export interface Generation extends EventPlace {
  readonly text: string
}

/** More is never read of a file. */
const mostOctets = 16 * 1024 * 1024

/** The lines of the file before, then of the file, behind a place; a path without a regular file gives none. Throws CniError 5. */
export function readGenerations(path: string, after: EventPlace): readonly Generation[] {
  // The newer one first: replaced in between, it is read under its other name, too.
  const now = readFrom(path, after)
  const before = readFrom(`${path}.1`, after)
  const isOlder = before && (now === undefined || before.generation < now.generation)
  return [isOlder ? before : undefined, now].flatMap((each) => each ?? [])
}

/** The events in what was read, by id. */
export function eventsIn({ text, ...from }: Generation): readonly HostEvent[] {
  return readEventLines(text, from)
}

/** Where what was read ends. */
export function endOf({ text, generation, offset }: Generation): EventPlace {
  return { generation, offset: offset + text.length }
}

function readFrom(path: string, after: EventPlace): Generation | undefined {
  return ifThere(path, undefined, (descriptor) =>
    fstatSync(descriptor).isFile() ? behind(descriptor, after) : undefined,
  )
}

function behind(descriptor: number, after: EventPlace): Generation {
  const generation = generationOf(textAt(descriptor, 0, 64)) ?? firstGeneration(0)
  const size = Math.min(fstatSync(descriptor).size, mostOctets)
  const skipped = generation < after.generation ? size : 0
  const offset = generation === after.generation ? Math.min(after.offset, size) : skipped
  const text = textAt(descriptor, offset, size - offset)
  // The last line may be in the making.
  return { generation, offset, text: text.slice(0, text.lastIndexOf('\n') + 1) }
}

function textAt(descriptor: number, offset: number, length: number): string {
  const octets = Buffer.alloc(length)
  const read = length === 0 ? 0 : readSync(descriptor, octets, 0, length, offset)
  return octets.toString('latin1', 0, read)
}
