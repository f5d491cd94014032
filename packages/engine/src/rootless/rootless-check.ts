import { explain, onCniError } from '@vethra/cni'
import { kitNeeds, type RootlessNeed, type SeenKit, userNeeds } from '@vethra/container'
import type { RootlessKit, World } from '@vethra/world'

/** One line of `vethra rootless check`. */
export interface RootlessRow {
  /** A word for programs: `subuids`. */
  readonly Need: string
  /** `ok`, `missing`, or `note` for what works within a limit. */
  readonly Status: RootlessNeed['status']
  readonly Message: string
  /** The command that mends it; empty where nothing is to be done. */
  readonly Fix: string
}

type CheckWorld = Pick<World, 'resolved' | 'rootless' | 'userFacts' | 'folders'>

/** The needs of rootless containers, in order of mending, of the host or inside of RootlessKit. Starts and changes nothing. */
export async function rootlessCheck(world: CheckWorld): Promise<readonly RootlessRow[]> {
  const facts = await world.userFacts()
  const { rootless } = world
  const needs = rootless ? kitNeeds(await seenKit(world, rootless, facts)) : userNeeds(facts.user())
  return needs.map(({ need, status, message, fix }) => {
    return { Need: need, Status: status, Message: message, Fix: fix }
  })
}

async function seenKit(
  { resolved: { settings, homes }, folders }: CheckWorld,
  kit: RootlessKit,
  facts: Awaited<ReturnType<World['userFacts']>>,
): Promise<SeenKit> {
  const info = await kit.info().catch(onCniError((error) => ({ fault: explain(error).join(' ') })))
  const paths = [settings.cniNetconfpath, ...folders().map(({ path }) => path)]
  return {
    ...('fault' in info ? { fault: info.fault } : { portDriver: info.portDriver }),
    socket: `${homes?.stateDir}/api.sock`,
    folders: paths.map((path) => ({ path, writable: facts.isWritable(path) })),
    programs: facts.programs(),
  }
}
