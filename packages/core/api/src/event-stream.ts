import { present } from '@vethra/cni'
import type { HostEvent } from './event.ts'

/** One block of a stream of server-sent events: an event, or the id alone of the place where a stream begins. */
export interface StreamBlock {
  readonly id?: string
  readonly data?: string
}

/** An event in a stream of server-sent events (WHATWG HTML, "Server-sent events"). */
export function renderEvent(event: HostEvent): string {
  // JSON has no line breaks of its own here, which would end the field.
  return `id: ${event.ID}\nevent: ${event.Type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** Parses server-sent events: takes pieces of any size, returns complete blocks with an id or data, in order. Ignores other fields. */
export function parseEventStream(): (text: string) => readonly StreamBlock[] {
  let rest = ''
  return (text) => {
    const blocks = `${rest}${text}`.split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.map(readBlock).filter(({ id, data }) => id !== undefined || data !== undefined)
  }
}

function readBlock(block: string): StreamBlock {
  const lines = block.split('\n')
  const valuesOf = (field: string) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
  const id = valuesOf('id').at(-1)
  const data = valuesOf('data')
  return present({ id, data: data.length === 0 ? undefined : data.join('\n') })
}
