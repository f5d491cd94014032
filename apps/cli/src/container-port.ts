import { notFoundError, usageError } from '@vethra/cni'
import { joinHostPort, type PortMapping, type PortReason } from '@vethra/container'
import { findShown, type PortRow, portRows, publishedPorts } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { type Listing, printListing } from './listing.ts'
import type { Tools } from './open-world.ts'
import { portShape } from './shapes.ts'

/** A container, one of its ports as `PORT[/PROTOCOL]`, and the format in which they are printed. */
export interface PortRequest {
  readonly ref: string
  readonly port?: string | undefined
  /** Empty for docker's lines. */
  readonly format: string
}

/** Prints the ports that a container publishes now, or one, and whether each answers. Throws CniError 101 when that one is not published. */
export async function printPorts(tools: Tools, request: PortRequest, io: Io): Promise<void> {
  const { ref, port, format } = request
  const container = await findShown(tools, ref)
  const { id, record } = container
  const all = await publishedPorts(tools, container)
  const ports = port === undefined ? all : demandPort(all, { ref, id, port })
  const rows = await portRows(tools, container, ports)
  if (format !== '') return printListing(listingOf(rows), format, io)
  if (port === undefined) {
    const closed = (record?.ports ?? []).filter((each) => !all.includes(each))
    for (const each of closed)
      io.complain(`warning: ${hostSide(each)} is closed: no network of the container publishes it`)
  }
  for (const row of rows) printRow(row, port === undefined, io)
}

function printRow(row: PortRow, isOneOfAll: boolean, io: Io): void {
  const { ContainerPort, Protocol, Answers, Reason } = row
  const side = hostSide({ hostIP: row.HostIP, hostPort: row.HostPort })
  const line = isOneOfAll ? `${ContainerPort}/${Protocol} -> ${side}` : side
  const verb = Answers === 'no' ? 'does not answer' : 'may not answer'
  const said = Reason === '' ? '' : `${verb}: ${reasons[Reason]}`
  if (io.isTerminal()) io.print(`${line}  ${said || 'answers'}`)
  else io.print(line)
  if (!io.isTerminal() && said !== '') io.complain(`warning: ${side} ${said}`)
}

function demandPort(
  ports: readonly PortMapping[],
  { ref, id, port }: { readonly ref: string; readonly id: string; readonly port: string },
): readonly PortMapping[] {
  const wanted = parsePort(port)
  const found = ports.filter((each) => `${each.containerPort}/${each.protocol}` === wanted)
  if (found.length > 0) return found
  throw notFoundError(
    `no public port ${wanted} published for "${id}"`,
    `See what is published with "vethra container port ${ref}".`,
  )
}

function listingOf(items: readonly PortRow[]): Listing<PortRow> {
  return {
    items,
    shape: portShape,
    header: ['CONTAINER PORT', 'HOST', 'ANSWERS', 'REASON'],
    row: (each) => [
      `${each.ContainerPort}/${each.Protocol}`,
      hostSide({ hostIP: each.HostIP, hostPort: each.HostPort }),
      each.Answers,
      each.Reason,
    ],
  }
}

const reasons: Readonly<Record<PortReason, string>> = {
  'not-running': 'the container is not running',
  'no-address': 'no interface of the host has this address',
  'no-rule': 'no rule leads to the container; vethra doctor --repair makes it again',
  'led-elsewhere': 'a rule leads it elsewhere; see nft list ruleset',
  'not-listening': 'nothing in the container listens there',
  unseen: 'the address or the sockets of the container cannot be seen',
}

function hostSide({ hostIP, hostPort }: Pick<PortMapping, 'hostIP' | 'hostPort'>): string {
  return joinHostPort(hostIP || '0.0.0.0', hostPort)
}

function parsePort(text: string): string {
  const match = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/i.exec(text)
  if (match) return `${Number(match[1])}/${(match[2] ?? 'tcp').toLowerCase()}`
  throw usageError(`failed to parse ${JSON.stringify(text)}`, 'Give the port as 80 or 53/udp.')
}
