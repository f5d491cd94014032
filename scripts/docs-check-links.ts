import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { withoutFences } from './readme.ts'

/**
 * The faults of the links in one Markdown file that lead within the repository; `path` is
 * relative to the top.
 */
export async function linkFaults(top: string, path: string): Promise<readonly string[]> {
  const text = await readFile(join(top, path), 'utf8')
  const faults = await Promise.all(
    targets(text).map(async (target) => {
      const fault = await targetFault(top, path, target)
      return fault && `${path}: link to ${target}: ${fault}`
    }),
  )
  return faults.filter((fault) => fault !== undefined)
}

/** What links in the text point at, those with a scheme left out. */
function targets(text: string): readonly string[] {
  const prose = withoutFences(text).replace(/(`+).*?\1/g, '')
  const inline = prose.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g)
  const references = prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)
  return [...inline, ...references]
    .map(([, target = '']) => target)
    .filter((target) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target))
}

async function targetFault(top: string, from: string, target: string): Promise<string | undefined> {
  const [file = '', anchor] = decodeURI(target).split('#', 2)
  const path = file === '' ? from : join(file.startsWith('/') ? '' : dirname(from), file)
  if (relative('', path).startsWith('..')) return 'it leaves the repository'
  const found = await stat(join(top, path)).catch(() => undefined)
  if (!found) return 'no such file'
  if (anchor === undefined) return undefined
  if (found.isDirectory()) return 'a folder has no anchors'
  const text = await readFile(join(top, path), 'utf8')
  return anchorsOf(path, text).has(anchor) ? undefined : 'no such anchor'
}

/** Anchors as GitHub makes them: from headings, ids in HTML, and line numbers of other files. */
function anchorsOf(path: string, text: string): ReadonlySet<string> {
  if (!path.endsWith('.md')) return new Set(text.split('\n').map((_, index) => `L${index + 1}`))
  const prose = withoutFences(text)
  const headings = [...prose.matchAll(/^#{1,6} +(.*?)(?: +#+)? *$/gm)].map(
    ([, title = '']) => title,
  )
  const ids = [...prose.matchAll(/<[a-z]+ [^>]*(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
  const slugs = headings.map(slug)
  const numbered = slugs.map((each, index) => {
    const before = slugs.slice(0, index).filter((other) => other === each).length
    return before === 0 ? each : `${each}-${before}`
  })
  return new Set([...numbered, ...ids])
}

function slug(title: string): string {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-')
}
