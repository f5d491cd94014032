// One operation of the engine on this host: given as JSON on standard input, its outcome on standard output. For bun.
import { text } from 'node:stream/consumers'
import { CniError, type JsonObject, type Result } from '@vethra/cni'
import { addStage, checkStage, delStage } from '@vethra/engine'
import { netlinkKernel } from '@vethra/linux/netlink'
import { memoryIpamStore } from '@vethra/memory-world'

/** An operation of a stretch of planned plugins. */
export interface EngineOperation {
  readonly verb: 'add' | 'del' | 'check'
  readonly network: string
  readonly containerId: string
  readonly netns: string
  /** Default: `eth0`. */
  readonly ifname?: string
  /** Their addresses come from `static`. */
  readonly plugins: readonly JsonObject[]
  readonly previous?: Result
  readonly links?: 'delete' | 'down'
}

/** The outcome: ADD's result, or an error. */
export type EngineOutcome = { readonly result?: Result } | { readonly error: EngineError }

interface EngineError {
  readonly code: number
  readonly message: string
}

const operation = JSON.parse(await text(process.stdin)) as EngineOperation
process.stdout.write(JSON.stringify(await outcome(operation)))

async function outcome(operation: EngineOperation): Promise<EngineOutcome> {
  const { verb, network, containerId, netns, plugins, previous, links = 'delete' } = operation
  const { ifname = 'eth0' } = operation
  const attachment = { containerId, netns, ifname, cniArgs: [], capabilityArgs: {} }
  const requests = plugins.map((conf) => ({ network, cniVersion: '1.1.0', conf, attachment }))
  const stage = { requests, ...(previous ? { previous } : {}) }
  const world = {
    attachments: netlinkKernel({ zoneRecords: '/run/vethra/firewalld' }),
    ipamAt: async () => memoryIpamStore(),
    resolvers: async () => ({}),
    programs: {
      run: async () => {
        throw new Error('no plugin of these tests is a program')
      },
    },
  }
  try {
    if (verb === 'add') {
      const added = await addStage(world, stage)
      return 'error' in added ? { error: errorOf(added.error) } : added
    }
    const error = await (verb === 'del'
      ? delStage(world, stage, { links })
      : checkStage(world, stage))
    return error ? { error: errorOf(error) } : {}
  } catch (error) {
    if (error instanceof CniError) return { error: errorOf(error) }
    throw error
  }
}

function errorOf({ code, message }: CniError): EngineError {
  return { code, message }
}
