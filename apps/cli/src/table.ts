/**
 * Lines of a table for people: columns as wide as their widest cell, two spaces between, nothing after
 * the last one. On a terminal the header is bold.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: boolean,
): readonly string[] {
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? title).length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const head = line(header)
  return [terminal ? `\u001b[1m${head}\u001b[0m` : head, ...rows.map(line)]
}
