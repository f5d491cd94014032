import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutFences } from './readme.ts'

/** The most words that one cell of a table may have. */
const most = 25

/** The cells of tables in one Markdown file that hold more than a sentence; `path` is relative to the top. */
export async function tableFaults(top: string, path: string): Promise<readonly string[]> {
  const text = await readFile(join(top, path), 'utf8')
  return cellsIn(text)
    .filter((cell) => /[.;!?] \S/.test(cell) || cell.split(/\s+/).length > most)
    .map((cell) => `${path}: a table cell is longer than a sentence: ${cell}`)
}

// Code stands for one word: it may hold bars and full stops.
function cellsIn(markdown: string): readonly string[] {
  return withoutFences(markdown)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => line.replace(/`[^`]*`/g, '`…`').split('|'))
    .map((cell) => cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim())
}
