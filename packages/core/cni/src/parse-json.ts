import type { CniError } from './cni-error.ts'
import type { Json } from './json.ts'

/** How many characters a text of others may have: 16 Mi. */
const longest = 16 * 1024 * 1024

/** How deep JSON of others may be nested. */
const deepest = 128

/** How deep JSON may be nested that goes into another text, such as a result into a cache entry. */
export const deepestPart = 120

/** The value of a foreign JSON text. Throws SyntaxError for no JSON, more than 16 Mi characters, or nesting deeper than `depth`. */
export function parseJson(text: string, depth?: number): Json {
  checkBounds(text, depth)
  return JSON.parse(text)
}

/** As `parseJson`; throws what `refusal` makes of the SyntaxError. */
export function parseJsonOr(
  text: string,
  refusal: (cause: SyntaxError) => CniError,
  depth?: number,
): Json {
  try {
    return parseJson(text, depth)
  } catch (error) {
    throw error instanceof SyntaxError ? refusal(error) : error
  }
}

/** The value of a JSON text; null for what is none, as a damaged file. */
export function jsonOrNull(text: string, parse: (text: string) => Json = parseJson): Json {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Throws SyntaxError when a JSON text is larger or nested deeper than `parseJson` takes. */
export function checkBounds(text: string, depth: number = deepest): void {
  if (text.length > longest) throw new SyntaxError(`JSON has more than ${longest} characters`)
  if (isNestedDeeper(text, depth))
    throw new SyntaxError(`JSON is nested deeper than ${depth} levels`)
}

/** Whether a JSON text is nested deeper than so many levels, 128 by default; of one that is not JSON, whether it starts to be. */
export function isNestedDeeper(text: string, depth: number = deepest): boolean {
  // Most texts have fewer brackets than that in all.
  return opened(text, '{', depth) + opened(text, '[', depth) > depth && isDeeper(text, depth)
}

function opened(text: string, bracket: string, most: number): number {
  let count = 0
  for (let at = text.indexOf(bracket); at >= 0 && count <= most; at = text.indexOf(bracket, at + 1))
    count += 1
  return count
}

function isDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    // By number: a text of each character takes half a second for 16 Mi of them.
    const character = text.charCodeAt(at)
    if (character === quote) at = endOfString(text, at)
    else if (character === openBrace || character === openBracket) depth += 1
    else if (character === closeBrace || character === closeBracket) depth -= 1
    if (depth > most) return true
  }
  return false
}

const quote = 0x22
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/** The closing quotation mark of the string that opens at an offset; the length of the text when there is none. */
export function endOfString(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at
    while (text[before - 1] === '\\') before -= 1
    if ((at - before) % 2 === 0) return at
  }
  return text.length
}
