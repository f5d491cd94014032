import { expect } from 'vitest'
import type { PluginRun, PluginSubject } from './subject.ts'

/** An error as a plugin prints it (SPEC 1.1.0, section 5, "Error"). */
export interface PrintedError {
  readonly code: number
  readonly msg: string
  readonly details?: string
}

/** All variables that an operation on a container has. */
export function variablesOf(
  subject: PluginSubject,
  operation: string,
): Readonly<Record<string, string>> {
  return {
    CNI_COMMAND: operation,
    CNI_CONTAINERID: 'plugin-kit',
    CNI_NETNS: subject.netns,
    CNI_IFNAME: 'kit0',
    CNI_PATH: '/nowhere',
  }
}

/** The text of a configuration. */
export function confOf(cniVersion: string | undefined, more: object = {}): string {
  return JSON.stringify({
    ...(cniVersion === undefined ? {} : { cniVersion }),
    name: 'plugin-kit',
    ...more,
  })
}

/**
 * The error that a run printed. Fails unless the run failed and standard output holds one JSON object
 * with a code and a message, and nothing else.
 */
export function errorOf({ exitCode, stdout, stderr }: PluginRun): PrintedError {
  expect(exitCode, `${stdout}${stderr}`).not.toBe(0)
  const error: unknown = JSON.parse(stdout)
  expect(error).toMatchObject({ code: expect.any(Number), msg: expect.any(String) })
  const printed = error as PrintedError
  expect(Number.isInteger(printed.code) && printed.code > 0).toBe(true)
  expect(['string', 'undefined']).toContain(typeof printed.details)
  return printed
}

/** All that a run said, on both outputs. */
export function wordsOf({ stdout, stderr }: PluginRun): string {
  return `${stdout}${stderr}`
}

/** The versions that a plugin says it supports. */
export async function versionsOf({ run }: PluginSubject): Promise<readonly string[]> {
  const { stdout } = await run({ CNI_COMMAND: 'VERSION' }, '{"cniVersion":"1.1.0"}')
  const { supportedVersions = [] } = JSON.parse(stdout) as { supportedVersions?: string[] }
  return supportedVersions
}
