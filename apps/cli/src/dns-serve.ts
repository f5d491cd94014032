import { setPriority } from 'node:os'
import { explain } from '@vethra/cni'
import { startResolver } from '@vethra/engine'
import type { Io, World } from '@vethra/world'

/** How much sooner than others it gets a processor: who floods it may not keep it from answering those who wait (sched(7)). */
const niceness = -10

/** Answers DNS until SIGTERM, SIGINT or SIGHUP. Throws CniError 102 when a resolver runs on this data store already. */
export async function serveDns(world: World, io: Io): Promise<void> {
  const onReport = (fault: unknown) => {
    for (const line of explain(fault, 'warning')) io.complain(line)
  }
  const stop = stopped()
  goFirst()
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
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.once(signal, () => resolve())
  })
}

// A user without the right to it answers all the same, in turn with others.
function goFirst(): void {
  try {
    setPriority(niceness)
  } catch (error) {
    // os.setPriority throws a SystemError: its code says no more than that.
    const code = (error as { info?: { code?: string } }).info?.code
    if (code !== 'EACCES' && code !== 'EPERM') throw error
  }
}
