/**
 * Loads nerdctl's AppArmor profile where the kernel has AppArmor. Not for deciding whether, nor for its
 * text: that is `@vethra/apparmor`.
 */
export { type AppArmorHost, type AppArmorHostOptions, appArmorHost } from './apparmor-host.ts'
