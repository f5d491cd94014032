// Has typedoc show each entry of each public package, by the name that it is imported by.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Comment } from 'typedoc'

const top = join(import.meta.dirname, '../..')
const manifests = globSync('packages/{*,*/*}/package.json', { cwd: top }).toSorted()
const entries = manifests.flatMap((path) => {
  const { name, private: isPrivate, exports } = JSON.parse(readFileSync(join(top, path), 'utf8'))
  const files = typeof exports === 'string' ? { '.': exports } : exports
  return Object.entries(isPrivate ? {} : files).map(([entry, file]) => ({
    name: `${name}${entry.slice(1)}`,
    file: join(top, dirname(path), file),
  }))
})

/** @param {import('typedoc').Application} app */
export function load(app) {
  const files = entries.map(({ file }) => file)
  const read = (options) => {
    options.setValue('entryPoints', files)
    // Without it, a text such as config.md becomes a link to a host of that name.
    options.setValue('markdownItLoader', ({ linkify }) => linkify.set({ fuzzyLink: false }))
  }
  app.options.addReader({ name: 'packages', order: 1000, supportsPackages: false, read })
  app.converter.on('createDeclaration', (context, reflection) => {
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.fileName
    const entry = entries.find((each) => each.file === file)
    if (!entry) return
    reflection.name = entry.name
    reflection.comment = new Comment([{ kind: 'text', text: purposeIn(entry.file) }])
  })
}

// What the file opens with says what the package is for.
function purposeIn(file) {
  const [, text = ''] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(file, 'utf8')) ?? []
  return text.replaceAll(/^ *\* ?/gm, '').trim()
}
