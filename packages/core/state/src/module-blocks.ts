/** A file of modprobe.d(5). */
export interface ModprobeFile {
  readonly path: string
  readonly text: string
}

/** The modprobe.d(5) line that blocks a module, `install MODULE /bin/false` or `blacklist MODULE`, and its file; undefined for none. */
export function moduleBlock(files: readonly ModprobeFile[], module: string): string | undefined {
  const counted = new Map(files.toReversed().map((each) => [each.path.split('/').at(-1), each]))
  for (const { path, text } of counted.values()) {
    // A backslash joins a line to the next.
    const lines = text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.trim())
    const block = lines.find((line) => blocks(line, module))
    if (block !== undefined) return `"${block.replaceAll(/\s+/g, ' ').slice(0, 200)}" in ${path}`
  }
  return undefined
}

function blocks(line: string, module: string): boolean {
  const [command, name = '', program = ''] = line.split(/\s+/)
  // Dashes and underscores are one.
  if (name.replaceAll('-', '_') !== module.replaceAll('-', '_')) return false
  return (
    command === 'blacklist' ||
    (command === 'install' && /^(?:(?:\/usr)?\/s?bin\/)?(?:false|true)$/.test(program))
  )
}
