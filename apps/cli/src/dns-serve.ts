import { explain } from '@vethra/cni'
import { startResolver } from '@vethra/engine'
import type { Io, World } from '@vethra/world'

/** Answers DNS until SIGTERM or SIGINT. Throws CniError 102 when a resolver runs on this data store already. */
export async function serveDns(world: World, io: Io): Promise<void> {
  const onReport = (fault: unknown) => {
    for (const line of explain(fault, 'warning')) io.complain(line)
  }
  const stop = stopped()
  const resolver = await startResolver({ ...world, onReport })
  const watching = await world.watch({ onChange: resolver.changed, onFault: onReport })
  const { Networks } = resolver.state()
  const served = Networks.filter(({ Refused }) => Refused === '')
  io.print(`answers DNS in ${served.length} networks`)
  await stop
  watching.close()
  await resolver.close()
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
