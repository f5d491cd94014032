/** The part of the engine that prepares a start: apart, as the whole takes each start more than 1 ms to read. */
export { reportLines, stepLines } from './attach/report-lines.ts'
export { forgetLeft, prepareAsked } from './bundle/prepare-asked.ts'
export { inNamespace } from './in-namespace.ts'
export { loadSettings } from './settings/load-settings.ts'
