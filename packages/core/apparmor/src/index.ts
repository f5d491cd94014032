/**
 * nerdctl's AppArmor profile as values: whether it is to be loaded, and its text. Not for asking the
 * kernel, nor for loading it: that is `@vethra/apparmor-host`.
 */
export { profileName, profileText } from './profile-text.ts'
export { type AppArmorFacts, profileToLoad } from './profile-to-load.ts'
