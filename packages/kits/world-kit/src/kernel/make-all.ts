import type { State } from '@vethra/state'
import { expect } from 'vitest'
import { made } from './sample-state.ts'
import type { KernelSubject } from './subject.ts'

/** Makes all resources of a state, in their order; a case whose kernel refuses one fails. */
export async function makeAll({ kernel, netns }: KernelSubject, state: State): Promise<void> {
  expect((await kernel.apply(netns, made(state))).failed).toBeUndefined()
}
