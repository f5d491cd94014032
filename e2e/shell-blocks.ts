/** The `sh` fences of sections of second level, in the order of the titles given. */
export function shellBlocks(markdown: string, titles: readonly string[]): readonly string[] {
  return titles.flatMap((title) => {
    const [, section = ''] = new RegExp(`\n## ${title}\n([\\s\\S]*?)\n## `).exec(markdown) ?? []
    return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  })
}
