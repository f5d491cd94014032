import {
  defaultNetwork,
  findDefaultNetwork,
  type NetworkOptions,
  networkConfList,
  networkId,
  networksFromFiles,
} from '@vethra/networks'
import { CniError } from '@vethra/spec'
import { hostFacts } from './host-facts.ts'
import type { ManageTools } from './tools.ts'

/** A network that was created. */
export interface CreatedNetwork {
  readonly id: string
  /** What its maker should know. */
  readonly notes: readonly string[]
}

/**
 * Creates a network. From the reading of what is in use until the conf list is
 * written nobody else creates one, so that two never get the same subnet.
 */
export async function createNetwork(
  tools: ManageTools,
  options: NetworkOptions,
): Promise<CreatedNetwork> {
  return tools.networks.exclusively(async () => {
    const { networks } = networksFromFiles(await tools.networks.list())
    const taken = networks.find(({ name }) => name === options.name)
    if (taken) {
      throw new CniError({
        code: 102,
        message: `network with name ${options.name} already exists, in ${taken.file}`,
        hint: 'Choose another name, or remove that network first with "vethra network rm".',
      })
    }
    const { text, notes } = networkConfList(options, await hostFacts(tools, networks))
    await tools.networks.create(options.name, text)
    return { id: networkId(options.name), notes }
  })
}

/**
 * Creates the default network when there is none: a network called `bridge`, or one labelled as the
 * default. Returns what its maker should know.
 */
export async function ensureDefaultNetwork(tools: ManageTools): Promise<readonly string[]> {
  if (await hasDefault(tools)) return []
  return tools.networks.exclusively(async () => {
    // Another command may have made it while this one waited.
    if (await hasDefault(tools)) return []
    const { networks } = networksFromFiles(await tools.networks.list())
    const { text, notes } = defaultNetwork(
      await hostFacts(tools, networks),
      tools.settings.bridgeIp,
    )
    await tools.networks.create('bridge', text)
    return notes
  })
}

async function hasDefault(tools: ManageTools): Promise<boolean> {
  const { networks } = networksFromFiles(await tools.networks.list())
  return findDefaultNetwork(networks) !== undefined
}
