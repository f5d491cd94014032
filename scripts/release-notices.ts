import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProject, top } from './project.ts'

interface Component {
  readonly name: string
  readonly group?: string
  readonly version: string
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string }
    readonly expression?: string
  }[]
}

/** The licences of all that is inside of the executable, in the form of Debian's copyright files; by the SBOM. */
export async function notices(sbom: string): Promise<string> {
  const { homepage, maintainer } = await readProject()
  const components: readonly Component[] = JSON.parse(sbom).components
  const others = components.filter(({ group, name }) => group !== '@vethra' && name !== 'bun')
  const bun = components.find(({ name }) => name === 'bun')
  const listed = await Promise.all(others.map(notice))
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: vethra',
    `Source: ${homepage}`,
    '',
    'Files: *',
    `Copyright: ${maintainer}`,
    'License: Apache-2.0',
    ' On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.',
    '',
    ...(await bunNotice(bun?.version ?? '')),
    ...listed.flat(),
  ].join('\n')
}

async function bunNotice(version: string): Promise<readonly string[]> {
  return [
    'Files: bin/vethra',
    'Copyright: Oven (bun), Apple Inc. and others (JavaScriptCore)',
    'License: MIT and LGPL-2',
    ` The executable begins with bun ${version}, under the MIT licence. bun links JavaScriptCore statically, which is`,
    ' under the LGPL, version 2 (/usr/share/common-licenses/LGPL-2). Its source, and how bun is linked with another',
    ` one: https://github.com/oven-sh/bun/blob/bun-v${version}/LICENSE.md, which lists all other linked libraries`,
    ' with their licences. "bun build --compile" makes the executable of this source with any bun.',
    ' .',
    ...indented(await mitText()),
    '',
  ]
}

async function notice(component: Component): Promise<readonly string[]> {
  const { group, name, version, licenses = [] } = component
  const full = group ? `${group}/${name}` : name
  const [first] = licenses
  const id = first?.expression ?? first?.license?.id ?? 'unknown'
  // Some packages name their licence alone.
  const own = await licenceText(full, version)
  const text = own === '' && id === 'MIT' ? await mitText() : own
  const [, holder] = /^ *(copyright .*?)\s*$/im.exec(text) ?? []
  return [
    `Files: bin/vethra (npm package ${full} ${version})`,
    `Copyright: ${holder ?? `the authors of ${full}`}`,
    `License: ${id}`,
    ...(text === '' ? [` As the package says: ${id}.`] : indented(text)),
    '',
  ]
}

function mitText(): Promise<string> {
  return readFile(join(top, 'packaging/licences/MIT'), 'utf8')
}

function indented(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
}

async function licenceText(name: string, version: string): Promise<string> {
  const store = join(top, 'node_modules/.pnpm')
  const prefix = `${name.replace('/', '+')}@${version}`
  const found = (await readdir(store)).find(
    (each) => each === prefix || each.startsWith(`${prefix}_`),
  )
  if (found === undefined) return ''
  const folder = join(store, found, 'node_modules', name)
  const file = (await readdir(folder))
    .toSorted()
    .find((each) => /^(licen[cs]e|copying)/i.test(each))
  if (file === undefined) return ''
  const text = await readFile(join(folder, file), 'utf8')
  // Debian has this one on every host.
  const isApache = /Apache License\s+Version 2\.0, January 2004/.test(text)
  return isApache ? 'On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.' : text
}
