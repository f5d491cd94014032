/** The one header of a man page. */
export interface PageHead {
  /** `vethra-network` */
  readonly name: string
  readonly section: 1 | 5
  /** `Vethra 0.1.0` */
  readonly source: string
  readonly text: string
}

/** The beginning of a page, in man(7): its title, NAME included. */
export function headLines({ name, section, source, text }: PageHead): readonly string[] {
  const manual = section === 1 ? 'User Commands' : 'File Formats'
  const title = `.TH ${roff(name.toUpperCase())} ${section} "" ${quoted(source)} ${quoted(manual)}`
  return [title, '.SH NAME', `${roff(name)} \\- ${roff(text)}`]
}

/** A section with its lines; nothing where there are none. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(title.toUpperCase())}`, ...lines]
}

/** A tagged paragraph for each pair: what it is about in bold, and what is said of it. */
export function tagged(pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs.flatMap(([tag, text]) => ['.TP', `\\fB${roff(tag)}\\fR`, roff(text)])
}

/** Lines as they are, without filling, indented. */
export function verbatim(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE']
}

/** A text that roff prints as it is written. */
export function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq')
  const plain = escaped.replaceAll('^', '\\(ha').replaceAll('~', '\\(ti').replaceAll('`', '\\(ga')
  return plain.startsWith('.') ? `\\&${plain}` : plain
}

function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`
}
