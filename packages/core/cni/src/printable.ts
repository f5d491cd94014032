/** A text for a terminal: control characters (C0, DEL, C1), bidirectional ones and line separators as `\u009b`, but line feed and tab. */
export function escapeControls(text: string): string {
  return text.replace(obeyed, escaped)
}

/** As `escapeControls`, in one line: what separates lines and columns becomes one blank. */
export function oneLine(text: string): string {
  return escapeControls(text.replace(separators, ' '))
}

// A terminal obeys U+009B as it does ESC [; bidirectional controls reorder what stands around them.
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  /[\0-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const separators = /[\t\n\v\f\r\u0085\u2028\u2029]+/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
