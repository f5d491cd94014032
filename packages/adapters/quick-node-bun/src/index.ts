/**
 * What a short program takes from bun:ffi, node:fs and node:path, with the same names, results and errors,
 * and without loading them. For bun alone.
 */
export * from './ffi.ts'
export * from './fs.ts'
export * from './path.ts'
