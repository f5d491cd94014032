import { isObject, isTexts, jsonOrNull, parseJson, present } from '@vethra/cni'
import { eventTypes, type HostEvent, type KeptEvent, type NewEvent } from './event.ts'

/** The octets of the longest line that is read or written. */
const longestLine = 16_384

/** How many places a generation of the file may have. */
const places = 10_000_000

/** Where in the history of a file an event ends: the file's generation, and the offset in octets. */
export interface EventPlace {
  readonly generation: number
  readonly offset: number
}

/** The id of an event that ends at a place. Ids have the order of places. */
export function idAt({ generation, offset }: EventPlace): string {
  return String(generation * places + offset)
}

/** The place of an id. */
export function placeOf(id: string): EventPlace {
  const number = Number(id)
  return { generation: Math.floor(number / places), offset: number % places }
}

/** The first generation of a file that is begun at a time: later than those of all files before it, whatever became of them. */
export function firstGeneration(nowMs: number): number {
  const since2020 = Math.floor(nowMs / 1000) - 1_577_836_800
  // Nine digits, so that an id has sixteen, also with a clock that is wrong.
  return Math.min(Math.max(since2020, 100_000_000), 899_999_999)
}

/** The first line of a file of events, with its line feed. */
export function headLine(generation: number): string {
  return `${JSON.stringify({ Generation: generation })}\n`
}

/** The generation that a file's text begins with; undefined when it does not begin with one. */
export function generationOf(text: string): number | undefined {
  const digits = /^\{"Generation":(\d{9})\}\n/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** An event as a line of ASCII with its line feed; texts that are too long are cut. */
export function eventLine(event: KeptEvent): string {
  const { Time, By, ...told } = event
  const line = asciiOf({ Time, ...present({ By }), ...cut(told) })
  if (line.length < longestLine) return `${line}\n`
  const { Type, Message } = cut(told)
  return `${asciiOf({ Time, Type, Message })}\n`
}

/** The events in a piece of a file, oldest first; a character for each octet, from `from`. Lines that are cut or no events are left out. */
export function readEventLines(text: string, from: EventPlace): readonly HostEvent[] {
  const events: HostEvent[] = []
  let { offset } = from
  for (const line of text.split('\n').slice(0, -1)) {
    offset += line.length + 1
    const event = eventIn(line)
    if (event) events.push({ ID: idAt({ ...from, offset }), ...event })
  }
  return events
}

const texts = ['By', 'Subject', 'Network', 'Container', 'Name', 'Namespace', 'Interface'] as const
const words = ['Finding', 'Repair'] as const
const lists = ['Addresses', 'Causes'] as const

function eventIn(line: string): KeptEvent | undefined {
  const value = line.length < longestLine ? jsonOrNull(line, (text) => parseJson(text, 3)) : null
  const read = isObject(value) ? value : {}
  const { Time, Type, Message, DurationMs } = read
  const known = eventTypes.find((each) => each === Type)
  if (known === undefined || typeof Message !== 'string' || !isTime(Time)) return undefined
  const each = (names: readonly string[], is: (value: unknown) => boolean) =>
    Object.fromEntries(names.flatMap((name) => (is(read[name]) ? [[name, read[name]]] : [])))
  return {
    Time,
    Type: known,
    Message,
    ...each(texts, isText),
    ...each(lists, isTexts),
    ...each(words, isText),
    ...(typeof DurationMs === 'number' ? { DurationMs } : {}),
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function cut(event: NewEvent): NewEvent {
  const entries = Object.entries(event).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return [key, value.slice(0, 1024)]
    return [
      key,
      Array.isArray(value) ? value.slice(0, 16).map((each) => String(each).slice(0, 512)) : value,
    ]
  })
  return Object.fromEntries(entries)
}

// A character is an octet then, and a line that is cut is cut between characters.
function asciiOf(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
