import type { Vector } from './vector.ts'

/** A code of an error that a plugin prints. */
export interface ErrorCodeVector extends Vector {
  readonly code: number
  /** The first version of the specification that has it. */
  readonly since: string
}

const row = (code: number, since: string, rule: string): ErrorCodeVector => ({
  section: 'SPEC 5, "Error"',
  rule,
  code,
  since,
})

/** The codes of SPEC 5, "Error". 0 to 99 are the specification's, 100 and above a plugin's own. */
export const errorCodeVectors: readonly ErrorCodeVector[] = [
  row(1, '0.1.0', 'the version of the request is none that the plugin speaks'),
  row(2, '0.2.0', 'a field of the configuration is not supported; the message names key and value'),
  row(3, '0.4.0', 'the container is not known, and nothing needs to be cleaned up'),
  row(4, '1.0.0', 'a variable of the environment is wrong; the message names it'),
  row(5, '1.0.0', 'reading or writing failed'),
  row(6, '1.0.0', 'the content could not be decoded'),
  row(7, '1.0.0', 'the configuration is wrong'),
  row(11, '0.4.0', 'trying again later may help'),
  row(50, '1.1.0', 'the plugin cannot serve ADD'),
  row(51, '1.1.0', 'nor may existing containers have full connectivity'),
]
