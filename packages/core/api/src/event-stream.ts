import type { HostEvent } from './event.ts'

/** An event in a stream of server-sent events (WHATWG HTML, "Server-sent events"). */
export function renderEvent(event: HostEvent): string {
  // JSON has no line breaks of its own here, which would end the field.
  return `id: ${event.ID}\nevent: ${event.Type}\ndata: ${JSON.stringify(event)}\n\n`
}

/**
 * Takes a stream of server-sent events apart: give it text as it arrives, in pieces of any size; it
 * gives back the data of each event that is complete. Comments and other fields are passed over.
 */
export function parseEventStream(): (text: string) => readonly string[] {
  let rest = ''
  return (text) => {
    const blocks = `${rest}${text}`.split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const data = block.split('\n').filter((line) => line.startsWith('data:'))
      return data.length === 0
        ? []
        : [data.map((line) => line.slice(5).replace(/^ /, '')).join('\n')]
    })
  }
}
