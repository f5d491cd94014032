import type { ShownState } from './shown-state.ts'

/** A container as `container ls` shows it. */
export interface ContainerRow {
  readonly ID: string
  readonly Name: string
  readonly Networks: readonly string[]
  readonly Addresses: readonly string[]
  readonly Ports: string
  readonly State: ShownState
}
