import { settingFlags } from '../packages/core/settings/src/index.ts'
import { capital, type Release } from './man-pages.ts'
import { headLines, roff, section, tagged, verbatim } from './man-roff.ts'

/**
 * vethra.toml(5), out of the table of settings, and of the tables and the example of docs/vethra.toml.md, which
 * docs-check holds to it.
 */
export function tomlPage(document: string, { version, homepage }: Release): string {
  const rows = [
    ...document.matchAll(/^\| `(\w+)` +\| (.*?) *\| (.*?) *\|(?: (.*?) *\| (.*?) *\|)?$/gm),
  ]
  const cells = new Map(rows.map(([, key = '', ...rest]) => [key, rest.map(plain)]))
  const pairs = settingFlags.map(({ toml, flag, env, help }): [string, string] => {
    const value = cells.get(toml)?.[2] ?? ''
    const variable = env === undefined ? '' : `, ${env}`
    return [toml, `${capital(help)}. ${capital(value)}. Also: ${flag}${variable}.`]
  })
  const known = new Set<string>(settingFlags.map(({ toml }) => toml))
  const runtime = [...cells].filter(([key]) => !known.has(key))
  const [, example = ''] = /^```toml\n(.*?)^```$/ms.exec(document) ?? []
  const head = { name: 'vethra.toml', section: 5, source: `Vethra ${version}` } as const
  const lines = [
    ...headLines({ ...head, text: 'settings of every command and hook of Vethra on a host' }),
    ...section('synopsis', [roff('/etc/vethra/vethra.toml')]),
    ...section('description', introduction.map(roff)),
    ...section('keys', tagged(pairs)),
    ...section(
      'table [runtime]',
      tagged(
        runtime.map(([key, [value = '', otherwise = '']]) => [
          key,
          `${capital(value)}. Default: ${otherwise}.`,
        ]),
      ),
    ),
    ...section('examples', verbatim(example.trimEnd().split('\n'))),
    ...section('see also', [roff(`vethra(1), vethra-config(1), ${homepage}`)]),
  ]
  return `${lines.join('\n')}\n`
}

const introduction: readonly string[] = [
  'The file need not exist; the variable VETHRA_TOML names another.',
  'A flag comes before its variable, that before this file, that before the default.',
  'An unknown key and an impossible value are errors.',
  'vethra config show prints each value, and where it came from.',
]

/** The text of a table's cell without Markdown. */
function plain(cell = ''): string {
  return cell
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\\|', '|')
}
