import { goField, jsonOrNull } from '@vethra/cni'
import { readDriverOptions } from './driver-options.ts'
import type { IsolationSupport, NetworkOptions } from './options.ts'

/** The answers of the firewall plugin. */
export interface FirewallAnswers {
  /** Its output when called without CNI_COMMAND. */
  readonly about: string
  /** Its output for an ADD with the ingress policy `isolated` in a netns of its own; absent when that could not be tried. */
  readonly trial?: { readonly succeeded: boolean; readonly stdout: string }
}

/** Whether a network is to keep its containers apart (`-o icc=false`). Throws CniError 103 for options that cannot be. */
export function wantsIsolation({ driver, options }: NetworkOptions): boolean {
  return !readDriverOptions(driver, options).icc
}

/** Whether the firewall plugin knows policy `isolated`: by its version (1.7.1), else, as Debian's states none, by its ADD. */
export function isolationSupport(answers: FirewallAnswers | undefined): IsolationSupport {
  if (!answers) return { supported: false, why: 'there is no firewall plugin' }
  const { about, trial } = answers
  const [, version, ...parts] = /plugin v(([0-9]+)\.([0-9]+)\.([0-9]+))/.exec(about) ?? []
  if (version !== undefined) {
    const supported = isAtLeast(parts.map(Number), [1, 7, 1])
    return { supported, why: supported ? '' : `the firewall plugin is of version ${version}` }
  }
  if (trial?.succeeded) return { supported: true, why: '' }
  const said = trial === undefined ? undefined : goField(jsonOrNull(trial.stdout), 'msg')
  const told = typeof said === 'string' ? said : 'it could not be tried out'
  return { supported: false, why: `the firewall plugin reports no version, and answers: ${told}` }
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  const index = version.findIndex((each, at) => each !== wanted[at])
  return index === -1 || (version[index] ?? 0) > (wanted[index] ?? 0)
}
