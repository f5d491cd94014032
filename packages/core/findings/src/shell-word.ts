/** A name or a path as one word of a shell: in quotation marks where the shell would read more than the word in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
