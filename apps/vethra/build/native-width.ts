/** The part of bun's global `Bun` that is called here; this file is compiled with Node's types. */
interface BunGlobal {
  readonly Bun: { readonly stringWidth: (text: string) => number }
}

/** The columns that a text takes on a terminal, by bun itself. */
// biome-ignore lint/style/noDefaultExport: that is how the library exports it
export default function stringWidth(text: string): number {
  return (globalThis as unknown as BunGlobal).Bun.stringWidth(text)
}
