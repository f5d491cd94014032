/**
 * Tries the npm packages from a registry on loopback, as a stranger would: the command under npm, pnpm, bun and Yarn, the
 * program of the engine's README, and each library alone under Node 22, Node 24 and bun. scripts/soak runs it.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { openRegistry } from './npm-registry.ts'
import { top } from './project.ts'
import { packAll } from './release-npm.ts'
import { makeSbom } from './release-sbom.ts'
import { tryCommand } from './soak-npm-command.ts'
import { atHome } from './soak-npm-home.ts'
import { tryLibraries } from './soak-npm-libraries.ts'
import { walkReadme } from './soak-npm-walk.ts'

const work = await mkdtemp(join(tmpdir(), 'vethra-npm-'))
const { stdout: upstream } = await execa('npm', ['config', 'get', 'registry'])
const registry = await openRegistry(upstream)
try {
  await soak()
} finally {
  await registry.close()
  await rm(work, { recursive: true, force: true })
}

async function soak(): Promise<void> {
  const began = performance.now()
  const tarballs = await pack()
  await comparePrepack(tarballs)
  const token = `${registry.url.replace('http:', '')}:_authToken=none`
  await writeFile(join(work, '.npmrc'), `registry=${registry.url}\n${token}\n`)
  await Promise.all(tarballs.map(publish))
  const command = await tryCommand(work)
  const walks = await walkReadme(work)
  const libraries = await tryLibraries(work)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(
    `${tarballs.length} packages published; vethra installed, run and removed by ${command.join(', ')}; ` +
      `the engine's README walked under ${walks.join(', ')}; ` +
      `${libraries} libraries alone under Node 22, Node 24 and bun, and by tsc at its strictest; ${seconds} s`,
  )
}

async function pack(): Promise<readonly string[]> {
  await execa('pnpm', ['typecheck'], { cwd: top })
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const executable = join(top, 'dist/vethra')
  const to = join(work, 'tarballs')
  await mkdir(to)
  return packAll([{ executable, version, architecture, sbom: await makeSbom(1) }], to)
}

// What `pnpm publish` would send: the package builds itself by its prepack script.
async function comparePrepack(tarballs: readonly string[]): Promise<void> {
  const to = join(work, 'prepacked')
  await execa('pnpm', ['pack', '--pack-destination', to], { cwd: join(top, 'packages/core/cni') })
  const name = `vethra-cni-${version}.tgz`
  const released = tarballs.find((file) => basename(file) === name) ?? ''
  const [one, other] = await Promise.all([readFile(released), readFile(join(to, name))])
  if (!one.equals(other)) throw new Error(`${name}: its prepack script builds other bytes`)
}

// Provenance is for those that publish in CI.
async function publish(file: string): Promise<void> {
  await execa('npm', ['publish', '--no-provenance', file], atHome(work))
}
