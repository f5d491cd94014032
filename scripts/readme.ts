/** The first example of a README. */
export interface Example {
  readonly code: string
  /** False where the fence says `no-run`: such an example is only type-checked. */
  readonly runs: boolean
}

/** The first `ts` fence of a README; undefined when it has none. */
export function firstExample(readme: string): Example | undefined {
  const match = /^```ts( no-run)?\n(.*?)^```$/ms.exec(readme)
  return match?.[2] === undefined ? undefined : { code: match[2], runs: match[1] === undefined }
}

/** The text without what stands in fences. */
export function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(```|~~~).*?^\1\2.*?$/gms, '')
}
