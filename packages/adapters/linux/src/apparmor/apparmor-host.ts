import { ioError, noProgramError } from '@vethra/cni'
import { readText } from '@vethra/files'
import { runProgram } from '@vethra/plugin-exec/programs'
import { profileName, profileText } from './profile-text.ts'

/** Where AppArmor's files are, and what loads a profile from its standard input. */
interface AppArmorPlaces {
  /** The mount point of sysfs. Default `/sys`. */
  readonly sys?: string
  /** Default `apparmor_parser`. */
  readonly parser?: string
}

/** Loads nerdctl's profile where AppArmor lacks it; true when it did. Throws CniError 100 without apparmor_parser(8), 5 with its words. */
export async function loadAppArmorProfile(places: AppArmorPlaces = {}): Promise<boolean> {
  const { sys = '/sys', parser = 'apparmor_parser' } = places
  const profiles = await readText(`${sys}/kernel/security/apparmor/profiles`)
  // Most hosts end here, and looking further costs them nothing.
  if (profiles === undefined) return false
  const enabled = await readText(`${sys}/module/apparmor/parameters/enabled`)
  const text = profileToLoad({ profiles, enabled, uidMap: await readText('/proc/self/uid_map') })
  if (text === undefined) return false
  await load(parser, text)
  return true
}

// Not from the cache, nor into it: as containerd loads it.
async function load(parser: string, text: string): Promise<void> {
  const outcome = await runProgram(parser, ['--replace', '--skip-cache'], text)
  if (outcome?.status === 0) return
  const message = `cannot load AppArmor profile ${profileName}`
  if (outcome) throw ioError(message, { details: outcome.stderr.trim() })
  throw noProgramError(`${message}: cannot run ${parser}`, 'Install apparmor.')
}

/** The kernel's files about AppArmor; a missing file has no text. */
export interface AppArmorFacts {
  /** `/sys/kernel/security/apparmor/profiles`. */
  readonly profiles: string | undefined
  /** `/sys/module/apparmor/parameters/enabled`. */
  readonly enabled: string | undefined
  /** `/proc/self/uid_map`. */
  readonly uidMap: string | undefined
}

/** The text of the profile to load; undefined when it is loaded, without AppArmor, and in a user namespace. As nerdctl decides. */
export function profileToLoad({ profiles, enabled, uidMap }: AppArmorFacts): string | undefined {
  // user_namespaces(7): outside of user namespaces all ids are mapped to themselves.
  const isWhole = /^\s*0\s+0\s+4294967295\s*$/.test(uidMap ?? '')
  if (profiles === undefined || enabled !== 'Y\n' || !isWhole) return undefined
  const loaded = profiles.split('\n').some((line) => line.startsWith(`${profileName} (`))
  return loaded ? undefined : profileText()
}
