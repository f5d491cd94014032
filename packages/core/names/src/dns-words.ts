/** Whether the text can stand in a search list: letters, digits, dash, underscore and dots, 1 to 253 characters, labels of at most 63; or `.` alone. */
export function isSearchDomain(text: string): boolean {
  if (text === '.') return true
  return text.length <= 253 && /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/.test(text)
}

/** Whether the text can be an option: one word of at most 64 characters, such as `ndots:2`. */
export function isOption(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(text)
}
