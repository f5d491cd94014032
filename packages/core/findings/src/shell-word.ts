/** A name or a path as one word of a shell: in quotation marks where the shell would read more than the word in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** The name of an interface as one word of a shell for nft(8), which ends a command at a semicolon of its own. */
export function nftWord(name: string): string {
  return /^[a-zA-Z][\w.-]*$/.test(name) ? name : shellWord(`"${name}"`)
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
