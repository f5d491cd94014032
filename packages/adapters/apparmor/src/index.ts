/**
 * nerdctl's AppArmor profile: its text, whether it is to be loaded, and loading it where the kernel has AppArmor.
 * Not for running a container in it.
 */
export { type AppArmorHost, type AppArmorHostOptions, appArmorHost } from './apparmor-host.ts'
export { profileName, profileText } from './profile-text.ts'
export { type AppArmorFacts, profileToLoad } from './profile-to-load.ts'
