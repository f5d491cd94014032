import type { Fault, Vector } from './vector.ts'

/** How a plugin ended that failed, and the error that has to come of it. */
export interface PluginOutputVector extends Vector {
  readonly stdout: string
  readonly stderr: string
  /** In the words of Go: `exit status 1`, `signal: killed`. */
  readonly status: string
  readonly fault: Fault
  readonly details?: string
}

const section = 'SPEC 5, "Error"'
const failed = { stdout: '', stderr: '', status: 'exit status 1' }

/** Failures of plugins (SPEC 5, "Error"; where a plugin prints none, libcni). */
export const pluginOutputVectors: readonly PluginOutputVector[] = [
  {
    ...failed,
    section,
    cases: 'case 50',
    rule: 'an error that the plugin printed keeps its code, message and details',
    stdout: '{"code":7,"msg":"m","details":"d"}',
    fault: { code: 7, says: 'm' },
    details: 'd',
  },
  {
    ...failed,
    section,
    rule: 'keys of an error are matched whatever their case, its version is ignored',
    stdout: '{"CNIVersion":"1.0.0","Code":100,"MSG":"mine"}',
    fault: { code: 100, says: 'mine' },
  },
  {
    ...failed,
    section: 'libcni',
    cases: 'case 52',
    rule: 'a silent failure tells its exit status',
    fault: { code: 0, says: 'netplugin failed with no error message: exit status 1' },
  },
  {
    ...failed,
    section: 'libcni',
    rule: 'a death by signal tells the signal',
    status: 'signal: killed',
    fault: { code: 0, says: 'netplugin failed with no error message: signal: killed' },
  },
  {
    ...failed,
    section: 'libcni',
    rule: 'standard error is quoted where standard output is empty',
    stderr: 'oh "no"\n',
    fault: { code: 0, says: 'netplugin failed: "oh \\"no\\"\\n": exit status 1' },
  },
  {
    ...failed,
    section: 'libcni',
    cases: 'case 53',
    rule: 'output that is not JSON is quoted',
    stdout: 'boom\n',
    fault: {
      code: 0,
      says: 'netplugin failed but error parsing its diagnostic message "boom\\n"',
    },
  },
  {
    ...failed,
    section: 'libcni',
    rule: 'a result and an error one after the other are no error',
    stdout: '{}{"code":7,"msg":"m"}',
    fault: { code: 0, says: 'netplugin failed but error parsing its diagnostic message' },
  },
  {
    ...failed,
    section: 'libcni',
    rule: 'a code that is no natural number makes no error',
    stdout: '{"code":-7,"msg":"m"}',
    fault: { code: 0, says: 'netplugin failed but error parsing its diagnostic message' },
  },
  {
    ...failed,
    section,
    rule: 'an error without words still tells the exit status',
    stdout: '{}',
    fault: { code: 0, says: 'exit status 1' },
  },
]
