// What pnpm pack and pnpm publish write into each package.json: owner and URLs, which project.json alone says, ranges
// between our packages, which are released together, and that npm is told which CI run a tarball comes from.
import { readFileSync } from 'node:fs'

const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
const project = read('project.json')

export const hooks = {
  beforePacking(manifest, folder) {
    const { devDependencies: _, scripts: __, ...rest } = manifest
    return {
      ...rest,
      ...(manifest.dependencies && {
        dependencies: ranges(manifest.dependencies, manifest.version),
      }),
      homepage: project.homepage,
      bugs: { url: project.bugs },
      repository: { type: 'git', url: `git+${project.repository}`, directory: below(folder) },
      keywords: project.keywords,
      publishConfig: { ...manifest.publishConfig, provenance: true },
    }
  },
}

function ranges(dependencies, version) {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [
      name,
      name.startsWith('@vethra/') && range === version ? `^${version}` : range,
    ]),
  )
}

function below(folder = '') {
  const top = new URL('.', import.meta.url).pathname
  return folder.startsWith(top) ? folder.slice(top.length) : folder
}
