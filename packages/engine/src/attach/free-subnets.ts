import { areOverlapping } from '@vethra/address'
import { type Owned, type State, subnetsOf } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'
import { removeEffects } from '../remove-effects.ts'

/** Removes the rules of networks whose subnets overlap desired ones, and whose bridges have no port or are gone. Returns whether there were any. */
export async function freeSubnets(kernel: AttachmentKernel, desired: State): Promise<boolean> {
  const wanted = desired.flatMap(subnetsOf)
  if (wanted.length === 0) return false
  const isInTheWay = (found: string) =>
    wanted.some((each) => each !== found && areOverlapping(each, found))
  const effects = (await kernel.effects()).filter(({ owner }) => owner.kind === 'network')
  const networks = new Set(
    effects.filter((each) => subnetsOf(each).some(isInTheWay)).map(networkOf),
  )
  const rules = effects.filter((each) => networks.has(networkOf(each)))
  const { links } = await kernel.facts({ links: rules.flatMap(bridgesOf) })
  const hasPort = (bridge: string) => bridge in links && links[bridge]?.ports !== 0
  for (const each of rules) if (bridgesOf(each).some(hasPort)) networks.delete(networkOf(each))
  const error = await removeEffects(kernel, (each) => networks.has(networkOf(each)))
  return networks.size > 0 && error === undefined
}

function networkOf({ owner }: Owned): string {
  return owner.kind === 'network' ? owner.network : ''
}

// Subnets of a second network on one bridge are read without it.
function bridgesOf({ resource }: Owned): readonly string[] {
  return resource.kind === 'admit' && resource.bridge !== '' ? [resource.bridge] : []
}
