import { inUseError } from '@vethra/cni'
import { forwardingHolder } from '@vethra/engine'
import { makeFolder, readText, writeWhole } from '@vethra/files'
import { bootOfHost, isListening } from '@vethra/linux'
import { bypassDaemon, lifeOfKit, rootlessKit } from '@vethra/rootlesskit'
import type { Homes } from '@vethra/settings'
import type { Lock, PortHolder, World } from '@vethra/world'
import { runtime } from './folders-here.ts'

/** The parts of a world that are different inside of RootlessKit. */
export interface KitHere {
  /** The daemons of the user outside. */
  readonly daemons: Required<Pick<World, 'rootless' | 'bypass'>>
  /** The ports, held by `inner` inside, and forwarded from the user's host. */
  ports(inner: PortHolder): PortHolder
  /** The time that namespaces live in at most. Undefined where it cannot be seen: nothing is proved to have ended then. */
  boot(): string | undefined
  /** A lock that is refused while another RootlessKit of the user runs on the same folders. */
  lock(lock: Lock): Lock
}

/** The ports that differ inside of the RootlessKit whose folders these are: locks, ports, boot, daemons. */
export function kitHere(homes: Homes): KitHere {
  let only: Promise<void> | undefined
  const rootless = rootlessKit(homes)
  return {
    daemons: { rootless, bypass: bypassDaemon(`${homes.runtime}/bypass4netnsd.sock`) },
    ports: (inner) => forwardingHolder(inner, rootless),
    boot: () => bootOf(homes),
    // Whatever lives in the other one looks as if it had ended here.
    lock: (lock) => ({
      async hold(place, work) {
        only ??= demandOnlyKit(homes)
        await only
        return lock.hold(place, work)
      },
    }),
  }
}

function bootOf({ stateDir }: Homes): string | undefined {
  const [boot, life] = [bootOfHost(), lifeOfKit(stateDir)]
  return boot === undefined || life === undefined ? undefined : `${boot}/${life}`
}

const marker = `${runtime}/rootlesskit`

async function demandOnlyKit(homes: Homes): Promise<void> {
  const own = `${homes.stateDir}\n${bootOf(homes) ?? ''}`
  const last = await readText(marker)
  if (last === own) return
  const [other = ''] = last?.split('\n') ?? []
  const isAnother = other !== '' && other !== homes.stateDir
  if (isAnother && (await isListening(`${other}/api.sock`)))
    throw inUseError(
      `the folders of this user are in use by the RootlessKit at ${other}, which runs`,
      'Run the command inside of that one, end it, or give this one XDG_DATA_HOME, XDG_CONFIG_HOME and XDG_RUNTIME_DIR of its own.',
    )
  await makeFolder(runtime, 0o755)
  await writeWhole(marker, own, { mode: 0o600, sync: false })
}
