import { noProgramError } from '@vethra/cni'
import type { Io } from '@vethra/world'

/** The variable by which a call of the OCI runtime knows how many have led to it. */
export const depthVariable = 'VETHRA_RUNTIME_DEPTH'

const deepest = 4

/** How many calls of the OCI runtime lead to the next, this one included. Throws CniError 100 for more than four: it calls itself. */
export function nextDepth(env: Io['env'], binary: string): number {
  const depth = Number(/^\d$/.exec(env[depthVariable] ?? '')?.[0] ?? 0) + 1
  if (depth <= deepest) return depth
  throw noProgramError(
    `the OCI runtime ${JSON.stringify(binary.slice(0, 256))} calls Vethra again`,
    'Set VETHRA_RUNTIME, or binary in [runtime] of vethra.toml, to the path of runc or crun.',
  )
}
