import { CniError } from '@vethra/cni'
import type { PortMapping } from '@vethra/container'
import { findContainer, publishedPorts } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Tools } from './tools.ts'

/** Prints the ports that a container publishes now, or those of one `PORT[/PROTOCOL]` of it. Throws CniError 101 when that one is not published. */
export async function printPorts(
  tools: Tools,
  ref: string,
  port: string | undefined,
  io: Io,
): Promise<void> {
  const container = await findContainer(tools, ref)
  const { id, record } = container
  const ports = await publishedPorts(tools, container)
  if (port === undefined) {
    const closed = (record?.ports ?? []).filter((each) => !ports.includes(each))
    for (const each of closed) {
      io.complain(`warning: ${hostSide(each)} is closed: no network of the container publishes it`)
    }
    for (const each of ports) {
      io.print(`${each.containerPort}/${each.protocol} -> ${hostSide(each)}`)
    }
    return
  }
  const wanted = parsePort(port)
  const found = ports.filter((each) => `${each.containerPort}/${each.protocol}` === wanted)
  if (found.length === 0) {
    throw new CniError({
      code: 101,
      message: `no public port ${wanted} published for "${id}"`,
      hint: `See what is published with "vethra container port ${ref}".`,
    })
  }
  for (const each of found) io.print(hostSide(each))
}

function hostSide({ hostIP, hostPort }: PortMapping): string {
  const address = hostIP === '' ? '0.0.0.0' : hostIP
  return address.includes(':') ? `[${address}]:${hostPort}` : `${address}:${hostPort}`
}

function parsePort(text: string): string {
  const match = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text)
  if (match) return `${Number(match[1])}/${(match[2] ?? 'tcp').toLowerCase()}`
  throw new CniError({
    code: 103,
    message: `failed to parse ${JSON.stringify(text)}`,
    hint: 'Give the port as 80 or 53/udp.',
  })
}
