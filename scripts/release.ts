/** Builds all that a release consists of into dist/release: scripts/release VERSION [--all] [--publish]. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { placeholders, readProject, top } from './project.ts'
import { changelogSince, lastTag } from './release-changelog.ts'
import { type Build, buildDeb } from './release-deb.ts'
import { packAll } from './release-npm.ts'
import { buildRpm } from './release-rpm.ts'
import { makeSbom } from './release-sbom.ts'
import { buildTarball } from './release-tarball.ts'
import { versionFaults } from './release-version.ts'

const options = { all: { type: 'boolean' }, publish: { type: 'boolean' } } as const
const { positionals, values } = parseArgs({ allowPositionals: true, options })
const out = join(top, 'dist/release')

await refuse()
await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
const work = await mkdtemp(join(tmpdir(), 'vethra-release-'))
try {
  await release()
} finally {
  await rm(work, { recursive: true, force: true })
}

async function refuse(): Promise<void> {
  const [wanted] = positionals
  const faults = [
    ...(wanted === version
      ? []
      : [`the packages are ${version}, and ${wanted ?? 'no version'} is asked for`]),
    ...(await versionFaults(version)),
    ...(values.publish ? await unpublishable() : []),
  ]
  if (faults.length === 0) return
  for (const fault of faults) console.error(`error: ${fault}`)
  console.error('  hint: node scripts/release-version.ts VERSION raises all packages.')
  process.exit(2)
}

async function unpublishable(): Promise<readonly string[]> {
  const changed = (await execa('git', ['status', '--porcelain'], { cwd: top })).stdout
  return [
    ...placeholders(await readProject()).map((key) => `project.json: ${key} is a placeholder`),
    ...(changed === '' ? [] : ['the working tree has changes that are not committed']),
  ]
}

async function release(): Promise<void> {
  const epochSeconds = Number(
    (await execa('git', ['log', '-1', '--format=%ct'], { cwd: top })).stdout,
  )
  const sbom = await makeSbom(epochSeconds)
  const build = { version, sbom, epochSeconds, compression: ['-Zxz', '-z2'] }
  await step(
    'changelog',
    writeFile(join(out, 'CHANGELOG.md'), await changelogSince(await lastTag(), version)),
  )
  await step('SBOM', writeFile(join(out, `vethra-${version}.cdx.json`), sbom))
  const amd64 = { ...build, architecture: 'amd64', executable: await compile('amd64') } as const
  await packages(amd64)
  const builds: Build[] = [amd64]
  if (values.all) {
    const arm64 = { ...build, architecture: 'arm64', executable: await compile('arm64') } as const
    builds.push(arm64)
    await packages(arm64)
    await step('rpm, x86_64', buildRpm(amd64, { work, to: out }))
  }
  const tarballs = await step('npm packages', packAll(builds, out))
  await step('checksums', writeFile(join(out, 'SHA256SUMS'), await checksums()))
  if (values.publish) console.log(publishing(tarballs))
}

async function packages(build: Build): Promise<void> {
  await step(`deb, ${build.architecture}`, buildDeb(build, work, out))
  await step(`tar.gz, ${build.architecture}`, buildTarball(build, work, out))
}

/** An executable of one architecture. That of another one has no bytecode, which bun makes for its own alone. */
async function compile(architecture: Build['architecture']): Promise<string> {
  const isOwn = (architecture === 'arm64') === (process.arch === 'arm64')
  const file = join(work, architecture, 'vethra')
  const flags = isOwn ? [] : [`--target=bun-linux-${architecture === 'arm64' ? 'arm64' : 'x64'}`]
  await step(
    `executable, ${architecture}`,
    execa(join(top, 'apps/vethra/build/executable'), [file, ...flags]),
  )
  return file
}

async function checksums(): Promise<string> {
  const files = (await readdir(out)).toSorted()
  const lines = files.map(async (file) => {
    const sum = createHash('sha256')
      .update(await readFile(join(out, file)))
      .digest('hex')
    return `${sum}  ${file}\n`
  })
  return (await Promise.all(lines)).join('')
}

// The upload is for whoever owns the names.
function publishing(tarballs: readonly string[]): string {
  return [
    'All is built. To publish it:',
    `  git tag v${version} && git push origin v${version}`,
    `  gh release create v${version} --notes-file dist/release/CHANGELOG.md dist/release/*`,
    ...tarballs.map(
      (file) => `  npm publish --provenance --access public dist/release/${basename(file)}`,
    ),
  ].join('\n')
}

async function step<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work
  console.log(`${what.padEnd(20)} ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}
