/**
 * The folder of conf lists: list, create, remove. Not for what is in them: texts are handed on as
 * they are, for `@vethra/conflist` to parse.
 */
export { type ConfDirOptions, confDir } from './conf-dir.ts'
export { foreignConfFiles } from './foreign-conf-files.ts'
