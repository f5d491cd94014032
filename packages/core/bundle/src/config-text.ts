import { CniError } from '@vethra/spec'
import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'

const longest = 16 * 1024 * 1024
const deepest = 100

/**
 * The JSON value of a config.json. Throws CniError 6 when it is no JSON, naming line and column,
 * or is larger or deeper than any real one.
 */
export function parseConfigText(text: string): unknown {
  if (text.length > longest) throw undecodable(`it is longer than ${longest} characters`)
  const value = parseJson(text)
  if (depth(text) > deepest) throw undecodable(`it is nested deeper than ${deepest} levels`)
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw undecodable(firstFault(text), cause)
  }
}

function firstFault(text: string): string {
  if (depth(text) > deepest) return `it is nested deeper than ${deepest} levels`
  const errors: ParseError[] = []
  parseTree(text, errors, { disallowComments: true })
  const [first] = errors
  if (!first) return 'it is not JSON'
  const before = text.slice(0, first.offset).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return `line ${before.length}, column ${column}: ${printParseErrorCode(first.error)}`
}

function depth(text: string): number {
  let [now, most, inString] = [0, 0, false]
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (inString && character === '\\') index += 1
    else if (character === '"') inString = !inString
    else if (!inString && (character === '{' || character === '[')) most = Math.max(most, ++now)
    else if (!inString && (character === '}' || character === ']')) now -= 1
  }
  return most
}

function undecodable(fault: string, cause?: unknown): CniError {
  return new CniError({
    code: 6,
    message: `cannot decode config.json: ${fault}`,
    hint: 'Make the bundle anew, for example with "runc spec".',
    ...(cause === undefined ? {} : { cause }),
  })
}
