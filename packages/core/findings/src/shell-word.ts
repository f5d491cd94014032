/** A name or a path as one word of a shell: in quotation marks where the shell would read more than the word in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A saved rule of iptables as words of a shell: what is in quotation marks there is a comment, of anybody. */
export function shellWords(rule: string): string {
  const words = rule.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
  return words
    .map((each) =>
      shellWord(each.startsWith('"') ? each.slice(1, -1).replace(/\\(.)/g, '$1') : each),
    )
    .join(' ')
}
