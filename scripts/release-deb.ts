import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { type Project, readProject, top } from './project.ts'
import { shellScript } from './release-shell.ts'
import { layTree } from './release-tree.ts'

/** What a package or tarball is made of. */
export interface Build {
  readonly executable: string
  readonly version: string
  readonly architecture: 'amd64' | 'arm64'
  readonly sbom: string
  /** The time of the source, in seconds: every file gets it. */
  readonly epochSeconds: number
  /** Flags of dpkg-deb that say how data is compressed. */
  readonly compression: readonly string[]
}

/** Builds `vethra_VERSION_ARCHITECTURE.deb` in a folder, out of a tree that is made below `work`; returns its path. */
export async function buildDeb(build: Build, work: string, to: string): Promise<string> {
  const { version, architecture, epochSeconds, compression } = build
  const project = await readProject()
  const tree = join(work, `deb-${architecture}`)
  await layTree(join(tree, 'usr'), { ...build, prefix: '/usr' })
  const documents = join(tree, 'usr/share/doc/vethra')
  await writeFile(
    join(documents, 'changelog.gz'),
    gzipSync(changelog(project, build), { level: 9 }),
  )
  await mkdir(join(tree, 'usr/share/lintian/overrides'), { recursive: true })
  await cp(
    join(top, 'packaging/deb/lintian-overrides'),
    join(tree, 'usr/share/lintian/overrides/vethra'),
  )
  await layControl(tree, control(project, build, await sizeOf(tree)))
  await settleModes(tree)
  const file = join(to, `vethra_${version}_${architecture}.deb`)
  await execa('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, file], {
    env: { SOURCE_DATE_EPOCH: String(epochSeconds) },
  })
  return file
}

async function layControl(tree: string, text: string): Promise<void> {
  const folder = join(tree, 'DEBIAN')
  const sums = await md5sums(tree)
  await mkdir(folder)
  await writeFile(join(folder, 'control'), text)
  await writeFile(join(folder, 'md5sums'), sums)
  const scripts = { postinst: ['tell'], prerm: ['tell'], postrm: ['purge'] }
  for (const [name, parts] of Object.entries(scripts)) {
    const script = `#!/bin/sh\n${await shellScript(parts, `deb/${name}`)}`
    await writeFile(join(folder, name), script, { mode: 0o755 })
  }
}

/** The control file: what it depends on is what bun is linked with; plugins are of use, and not needed. */
export function control(
  { maintainer, homepage, description }: Project,
  { version, architecture }: Pick<Build, 'version' | 'architecture'>,
  kB: number,
): string {
  return `${[
    'Package: vethra',
    `Version: ${version.replace('-', '~')}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${maintainer}`,
    `Installed-Size: ${kB}`,
    'Depends: libc6 (>= 2.27), init-system-helpers (>= 1.54~)',
    'Recommends: iproute2, iptables, nftables',
    'Suggests: containernetworking-plugins, crun | runc, containerd',
    'Section: net',
    'Priority: optional',
    `Homepage: ${homepage}`,
    `Description: ${lowerFirst(description)}`,
    ' Networks, addresses, names and published ports of containers that an OCI',
    ' runtime starts: as its hook, as a runtime in front of it, as CNI plugins, and',
    ' as a daemon that repairs. Networks and stored files are those of nerdctl.',
  ].join('\n')}\n`
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`
}

function changelog({ maintainer, homepage }: Project, { version, epochSeconds }: Build): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000')
  const entry = `  * Release ${version}: ${homepage}/releases`
  return `vethra (${version.replace('-', '~')}) unstable; urgency=medium\n\n${entry}\n\n -- ${maintainer}  ${date}\n`
}

async function filesBelow(tree: string): Promise<readonly string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  return files.toSorted()
}

async function sizeOf(tree: string): Promise<number> {
  const sizes = await Promise.all(
    (await filesBelow(tree)).map(async (file) => (await stat(file)).size),
  )
  return sizes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0)
}

async function md5sums(tree: string): Promise<string> {
  const files = (await filesBelow(tree)).map(async (file) => {
    const sum = createHash('md5')
      .update(await readFile(file))
      .digest('hex')
    return `${sum}  ${relative(tree, file)}\n`
  })
  return (await Promise.all(files)).join('')
}

/** Modes do not come from the umask of who builds. */
async function settleModes(tree: string): Promise<void> {
  await execa('chmod', ['-R', 'u=rwX,go=rX', tree])
  await execa('chmod', ['755', join(tree, 'usr/bin/vethra')])
}
