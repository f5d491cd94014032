import { endOfString } from '@vethra/cni'

// Of a text that JSON.parse has taken: a scanner that also finds faults takes a second for 16 Mi characters.

/** The offset of the next character that is no blank. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 32) at += 1
  return at
}

/** The offset behind the value that begins at an offset. */
export function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === quote) return endOfString(text, start) + 1
  if (first === openBrace || first === openBracket) return endOfHolder(text, start)
  let at = start
  while (isOfLiteral(text.charCodeAt(at))) at += 1
  return at
}

function endOfHolder(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === quote) at = endOfString(text, at)
    else if (character === openBrace || character === openBracket) depth += 1
    else if (character === closeBrace || character === closeBracket) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

/** Whether an object in a JSON text has more members than that; of a text that is not JSON, whether it starts to. */
export function hasLargerObject(text: string, members: number): boolean {
  if (!isMoreOften(text, ':', members)) return false
  const counts = [0]
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === quote) {
      at = endOfString(text, at)
    } else if (character === openBrace || character === openBracket) {
      depth += 1
      counts[depth] = 0
    } else if (character === closeBrace || character === closeBracket) depth -= 1
    else if (character === colon) {
      const count = (counts[depth] ?? 0) + 1
      if (count > members) return true
      counts[depth] = count
    }
  }
  return false
}

function isMoreOften(text: string, part: string, times: number): boolean {
  let count = 0
  for (let at = text.indexOf(part); at >= 0 && count <= times; at = text.indexOf(part, at + 1))
    count += 1
  return count > times
}

// Numbers, true, false and null.
function isOfLiteral(character: number): boolean {
  return (
    character > 32 && character !== comma && character !== closeBrace && character !== closeBracket
  )
}

const [quote, comma, colon] = [0x22, 0x2c, 0x3a]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]
