import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProject, top } from './project.ts'
import type { Build } from './release-deb.ts'
import { notices } from './release-notices.ts'

/** The parts of an npm package that holds the executable. */
export type CommandBuild = Pick<Build, 'executable' | 'version' | 'architecture' | 'sbom'>

const cpus = { amd64: 'x64', arm64: 'arm64' } as const
const publishing = { access: 'public', provenance: true }

/** Lays the package of one executable, such as `@vethra/cli-linux-x64`; returns its folder, relative to the top. */
export async function layExecutable(build: CommandBuild): Promise<string> {
  const cpu = cpus[build.architecture]
  const name = nameOf(build)
  const folder = await emptyFolder(`dist/npm/cli-linux-${cpu}`)
  await mkdir(join(top, folder, 'bin'))
  await cp(build.executable, join(top, folder, 'bin/vethra'))
  const readme = `# ${name}\n\nThe executable of Vethra for Linux and glibc on ${cpu}. Install \`vethra\`, which brings it.\n`
  await writeFile(join(top, folder, 'README.md'), readme)
  await writeFile(join(top, folder, 'NOTICES'), await notices(build.sbom))
  return layManifest(folder, {
    ...(await shared(build.version)),
    name,
    ...{ os: ['linux'], cpu: [cpu], libc: ['glibc'] },
    files: ['bin', 'NOTICES'],
    preferUnplugged: true,
    publishConfig: { ...publishing, executableFiles: ['./bin/vethra'] },
  })
}

/** Lays package `vethra`, whose command becomes the executable that fits; returns its folder, relative to the top. */
export async function layCommand(builds: readonly CommandBuild[]): Promise<string> {
  const [first] = builds
  if (!first) throw new Error('a command without an executable')
  const folder = await emptyFolder('dist/npm/vethra')
  await cp(join(top, 'packaging/npm'), join(top, folder), { recursive: true })
  return layManifest(folder, {
    ...(await shared(first.version)),
    name: 'vethra',
    bin: { vethra: 'bin/vethra.bin' },
    files: ['bin'],
    // Yarn's Plug'n'Play leaves it in a zip file otherwise, where sh finds nothing.
    preferUnplugged: true,
    optionalDependencies: Object.fromEntries(builds.map((each) => [nameOf(each), each.version])),
    publishConfig: publishing,
  })
}

function nameOf({ architecture }: CommandBuild): string {
  return `@vethra/cli-linux-${cpus[architecture]}`
}

// What .pnpmfile.mjs writes into packages of the workspace, which these are not.
async function shared(version: string): Promise<object> {
  const { description, homepage, bugs, repository, keywords } = await readProject()
  return {
    ...{ version, description, license: 'Apache-2.0', type: 'module', homepage, keywords },
    bugs: { url: bugs },
    // The links of the README are relative to where it lies there.
    repository: { type: 'git', url: `git+${repository}`, directory: 'packaging/npm' },
  }
}

async function emptyFolder(folder: string): Promise<string> {
  await rm(join(top, folder), { recursive: true, force: true })
  await mkdir(join(top, folder), { recursive: true })
  return folder
}

async function layManifest(folder: string, manifest: object): Promise<string> {
  await cp(join(top, 'LICENSE'), join(top, folder, 'LICENSE'))
  await writeFile(join(top, folder, 'package.json'), JSON.stringify(manifest))
  return folder
}
