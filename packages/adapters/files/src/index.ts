/**
 * Files that others read at any time: written whole by rename or in place, read with a bound; and for tests, faults
 * at a chosen step. Not for formats, and not for locks: what a file means is its owner's matter.
 */
export { appendText } from './append-text.ts'
export { byOctets } from './by-octets.ts'
export { type FaultPoint, faultPoint, pointOf, type StepKind } from './faults/fault-point.ts'
export { type Fault, readFault } from './faults/read-fault.ts'
export { errno, fileError } from './file-error.ts'
export { listFolder, listFolders, makeFolder, removeFolder } from './folders.ts'
export { mapInTurns } from './map-in-turns.ts'
export { type PendingSync, pendingSync } from './pending-sync.ts'
export { readOwn, readOwnAgain, type StampedText } from './read-own.ts'
export { readText } from './read-text.ts'
export { realPath } from './real-path.ts'
export { removeAbandoned } from './remove-abandoned.ts'
export { removeFile } from './remove-file.ts'
export { renameOver } from './rename-over.ts'
export { rewriteWhole } from './rewrite-whole.ts'
export { writeInPlace } from './write-in-place.ts'
export { createWhole, type WriteOptions, writeWhole } from './write-whole.ts'
