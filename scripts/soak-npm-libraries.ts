import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { workspacePackages } from './packages.ts'
import { top } from './project.ts'
import { atHome, emptyProject, runtimes } from './soak-npm-home.ts'

const strictest = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{
    noPropertyAccessFromIndexSignature: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
  },
  ...{ noFallthroughCasesInSwitch: true, noUnusedLocals: true, noUnusedParameters: true },
  ...{ noUncheckedSideEffectImports: true, verbatimModuleSyntax: true, isolatedModules: true },
  ...{ erasableSyntaxOnly: true, allowUnreachableCode: false, allowUnusedLabels: false },
  ...{ skipLibCheck: false, noEmit: true, target: 'es2023' },
}
const resolutions = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'preserve', moduleResolution: 'bundler' },
]

// They call libc by bun's FFI, as their READMEs say.
const bunOnly = ['dns', 'netlink', 'process', 'watch'].map((entry) => `@vethra/linux/${entry}`)

/** Installs each library alone, imports all of its entries under each runtime, and checks their types; returns how many. */
export async function tryLibraries(home: string): Promise<number> {
  const libraries = (await workspacePackages(top)).filter((each) => !each.private)
  const queue = libraries.values()
  const worker = async () => {
    for (const { name, folder } of queue) await tryLibrary(home, name, await pathsOf(name, folder))
  }
  await Promise.all([worker(), worker()])
  return libraries.length
}

async function pathsOf(name: string, folder: string): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(top, folder, 'package.json'), 'utf8'))
  return Object.keys(manifest.publishConfig.exports).map((entry) => name + entry.slice(1))
}

async function tryLibrary(home: string, name: string, paths: readonly string[]): Promise<void> {
  const folder = await emptyProject(home)
  const at = atHome(home, folder)
  await execa('npm', ['install', name, '@types/node@24'], at)
  const imports = paths.map((path, index) => `import * as all${index} from '${path}'\n`)
  const shown = paths.map((_, index) => `console.log(Object.keys(all${index}).length)\n`)
  await writeFile(join(folder, 'all.ts'), [...imports, ...shown].join(''))
  const anywhere = paths.filter((path) => !bunOnly.includes(path))
  await writeFile(join(folder, 'some.ts'), anywhere.map((path) => `import '${path}'\n`).join(''))
  for (const [runtime, program] of Object.entries(runtimes)) {
    await execa(program, [runtime === 'bun' ? 'all.ts' : 'some.ts'], at)
  }
  for (const resolution of resolutions) {
    const compilerOptions = { ...strictest, ...resolution, types: ['node'] }
    const config = JSON.stringify({ compilerOptions, files: ['all.ts'] })
    await writeFile(join(folder, 'tsconfig.json'), config)
    await execa('tsc', ['--project', folder, '--pretty', 'false'], at)
  }
}
