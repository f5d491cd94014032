export * from './ffi.ts'
export * from './fs.ts'
export * from './path.ts'
