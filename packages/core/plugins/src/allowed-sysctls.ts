import { CniError, goField, isObject, type JsonObject } from '@vethra/cni'
import { words } from './words.ts'

/** Demands that the list for tuning, a pattern a line, has each sysctl of a conf; all pass without. Throws CniError 999 in Go's words. */
export function demandAllowed(conf: JsonObject, list: string | undefined): void {
  if (list === undefined) return
  const lines = list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const patterns = lines.map(patternOf)
  const refused = sysctlsIn(conf).find((key) => !patterns.some((pattern) => pattern.test(key)))
  if (refused === undefined) return
  throw new CniError({ code: 999, message: words.refusedSysctl(refused, lines) })
}

function patternOf(line: string): RegExp {
  try {
    return new RegExp(line)
  } catch (cause) {
    const message = `invalid pattern ${line} in /etc/cni/tuning/allowlist.conf`
    throw new CniError({ code: 999, message, cause })
  }
}

/** Whether a conf of tuning, or its args, set any sysctl. */
export function setsSysctls(conf: JsonObject): boolean {
  return sysctlsIn(conf).length > 0
}

function sysctlsIn(conf: JsonObject): readonly string[] {
  const args = goField(goField(conf, 'args') ?? null, 'cni') ?? null
  const both = [goField(conf, 'sysctl'), goField(args, 'sysctl')]
  return both.flatMap((each) => (isObject(each) ? Object.keys(each) : []))
}
