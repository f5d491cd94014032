// The API documentation of all packages: built, a page for each entry of a public package, no link to a missing file. scripts/soak
// runs it.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'

const began = performance.now()
const folder = join(top, 'docs/api')
await execa('npm', ['run', '--silent', 'docs:api'], { cwd: top })
const pages = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.html'))
const modules = pages.filter((page) => page.startsWith('modules/'))
const entries = (await workspacePackages(top))
  .filter((each) => !each.private)
  .flatMap((each) => each.entries)
assert.equal(modules.length, entries.length)
const links = (await Promise.all(pages.map(linksOf))).flat()
const dead = links.filter(({ to }) => !existsSync(to))
assert.deepEqual(dead, [])
const seconds = ((performance.now() - began) / 1000).toFixed(0)
console.log(
  `docs/api: ${modules.length} entries, ${pages.length} pages, ${links.length} links, none dead; ${seconds} s`,
)

/** The files that a page leads to. */
async function linksOf(
  page: string,
): Promise<readonly { readonly page: string; readonly to: string }[]> {
  const text = await readFile(join(folder, page), 'utf8')
  const found = [...text.matchAll(/ href="([^"#]+)/g)].map(([, href = '']) => href)
  return found
    .filter((href) => !/^\w+:/.test(href))
    .map((href) => ({ page, to: join(folder, dirname(page), decodeURI(href)) }))
}
