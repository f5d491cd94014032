import { CniError, noProgramError, notFoundError, resolverLogSocket } from '@vethra/cni'
import { inNamespace, inspectContainer, type QuestionRow } from '@vethra/engine'
import type { Io, World } from '@vethra/world'
import { unsupported } from './flags.ts'

/** Prints questions as they are asked, until the resolver stops. Throws CniError 101 when none runs. */
export async function printQuestions(
  world: World,
  { container, format }: { readonly container?: string; readonly format: string },
  io: Io,
): Promise<void> {
  if (format !== 'table' && format !== 'json')
    throw unsupported('the format', format, 'table, json')
  const { resolved, places, dnsSockets } = world
  const only = container === undefined ? undefined : await idOf(world, container)
  const sockets = await dnsSockets?.()
  if (sockets === undefined)
    throw noProgramError('cannot read the log with Node', 'Call the built executable.')
  const path = resolverLogSocket(places)
  const read = sockets.readLines(path, (line) => {
    const row = JSON.parse(line) as QuestionRow
    if (only === undefined || row.ContainerID === only)
      io.print(format === 'json' ? line : textOf(row))
    return !io.isLost()
  })
  await read.catch((error: unknown) => {
    if (!(error instanceof CniError) || error.code !== 101) throw error
    throw notFoundError(`no resolver runs on ${places.dataStore}`, {
      hint: `Start "vethra daemon" or "vethra dns"; this asks in namespace ${resolved.settings.namespace}.`,
      cause: error,
    })
  })
}

async function idOf(world: World, ref: string): Promise<string> {
  const tools = await inNamespace(world, world.resolved.settings.namespace)
  return (await inspectContainer(tools, ref)).ID
}

function textOf({ Time, ContainerID, Address, Network, ...row }: QuestionRow): string {
  const who = ContainerID === '' ? Address : `${ContainerID.slice(0, 12)} (${Address})`
  return `${Time} ${who} in ${Network}: ${row.Name} ${row.Type} by ${row.Protocol}: ${row.Outcome}`
}
