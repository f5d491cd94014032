/** Files that others read at any time: written whole or in place, read with a bound; faults for tests; who holds a lock. Not for formats, nor for taking locks. */
export { appendText } from './append-text.ts'
export { type FaultPoint, faultPoint, pointOf, type StepKind } from './faults/fault-point.ts'
export { type Fault, readFault } from './faults/read-fault.ts'
export { errno, fileError } from './file-error.ts'
export { flockHolders, lockKey } from './flocks.ts'
export {
  byOctets,
  foldersIn,
  listFolder,
  listFolders,
  makeFolder,
  realPath,
  removeFolder,
} from './folders.ts'
export { mapInTurns } from './map-in-turns.ts'
export { ifThere, readOwn, readOwnAgain, type StampedText } from './read-own.ts'
export { readText, readTextIfReadable } from './read-text.ts'
export { removeAbandoned } from './remove-abandoned.ts'
export { removeFile } from './remove-file.ts'
export { renameOver } from './rename-over.ts'
export { rewriteWhole } from './rewrite-whole.ts'
export { writeInPlace } from './write-in-place.ts'
export { createWhole, syncFile, type WriteOptions, writeWhole } from './write-whole.ts'
