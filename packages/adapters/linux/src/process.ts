/** This process as another program: what it was started with, and execve(2). For bun alone. */
export { inheritedDescriptors } from './process/descriptors.ts'
export { findRuntime } from './process/real-runtime.ts'
export { replaceProcess } from './process/replace-process-in-bun.ts'
