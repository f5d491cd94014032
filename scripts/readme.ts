/** The first example of a README. */
export interface Example {
  readonly code: string
  /** `host`: as root, with the namespace `blue`. `nowhere`: it is only type-checked, as its fence says by `no-run`. */
  readonly runs: 'anywhere' | 'host' | 'nowhere'
}

/** The first `ts` fence of a README; undefined when it has none. */
export function firstExample(readme: string): Example | undefined {
  const [, tag = '', code] = /^```ts( no-run| host)?\n(.*?)^```$/ms.exec(readme) ?? []
  return code === undefined ? undefined : { code, runs: places[tag] ?? 'anywhere' }
}

const places: Readonly<Record<string, Example['runs']>> = { ' no-run': 'nowhere', ' host': 'host' }

/** The text without what stands in fences. */
export function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(```|~~~).*?^\1\2.*?$/gms, '')
}
