import { profileName, profileText } from './profile-text.ts'

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
