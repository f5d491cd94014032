import {
  readVethraToml,
  resolveSettings,
  settingFlags,
} from '../packages/core/settings/src/index.ts'
import { parseToml } from '../packages/engine/src/index.ts'

/** What docs/vethra.toml.md says that the table of settings does not, and the other way round; and what is wrong with its example. */
export async function settingsFaults(path: string, text: string): Promise<readonly string[]> {
  const rows = [...text.matchAll(/^\| `([a-z_]+)` +\| (.*?) *\| (.*?) *\| (.*?) *\|/gm)]
  const documented = rows.map(([, key, flag, env]) => `${key} ${flag} ${env}`)
  const known = settingFlags.map(({ toml, flag, short, env }) => {
    const flags = short === undefined ? `\`${flag}\`` : `\`${flag}\`, \`${short}\``
    return `${toml} ${flags} ${env === undefined ? '' : `\`${env}\``}`
  })
  return [
    ...known
      .filter((each) => !documented.includes(each))
      .map((each) => `${path}: no row "${each}"`),
    ...documented
      .filter((each) => !known.includes(each))
      .map((each) => `${path}: "${each}" is no setting`),
    ...(await exampleFaults(path, text)),
  ]
}

async function exampleFaults(path: string, text: string): Promise<readonly string[]> {
  const [, example = ''] = /^```toml\n(.*?)^```$/ms.exec(text) ?? []
  try {
    const toml = readVethraToml(path, await parseToml(path, example))
    resolveSettings({ flags: {}, env: {}, toml, existing: () => false })
    return settingFlags
      .filter((row) => toml.settings[row.toml] === undefined)
      .map((row) => `${path}: its example lacks ${row.toml}`)
  } catch (error) {
    return [`${path}: its example cannot be used: ${error}`]
  }
}
