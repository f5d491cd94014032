import { confError } from '@vethra/cni'

/** The values of `CNI_ARGS` by key, the last of two; `known` checks each. Throws CniError 7 in the words of Go's types.LoadArgs. */
export function readCniArgs(
  text: string,
  known: Readonly<Record<string, (value: string) => string | undefined>>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const unknown: string[] = []
  for (const pair of text === '' ? [] : text.split(';')) {
    const [key = '', value, ...more] = pair.split('=')
    if (value === undefined || more.length > 0)
      throw confError(`ARGS: invalid pair ${JSON.stringify(pair)}`)
    // The Go struct of known keys has one that no text can fill.
    if (key === 'CommonArgs') throw confError(commonArgs)
    const check = key === 'IgnoreUnknown' ? checkBoolean : own(known, key)
    const fault = check?.(value)
    if (fault !== undefined)
      throw confError(`ARGS: error parsing value of pair ${JSON.stringify(pair)}: ${fault}`)
    if (check) values.set(key, value)
    else unknown.push(JSON.stringify(pair))
  }
  const ignored = /^(1|true)$/i.test(values.get('IgnoreUnknown') ?? '')
  if (unknown.length > 0 && !ignored) throw confError(`ARGS: unknown args [${unknown.join(' ')}]`)
  return values
}

const commonArgs =
  "ARGS: cannot unmarshal into field 'CommonArgs' - type '*types.CommonArgs' does not implement encoding.TextUnmarshaler"

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function checkBoolean(value: string): string | undefined {
  if (/^(0|1|true|false)$/i.test(value)) return undefined
  return `boolean unmarshal error: invalid input ${value}`
}
