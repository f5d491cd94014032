// A release with all that `--all` adds, built twice in two folders, whose files must have the same bytes. Then lintian on the
// packages, and the executable for arm64 under qemu-user, by npm too. scripts/soak runs it.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { top } from './project.ts'
import { tryArm64 } from './soak-release-arm64.ts'

/** A release has at least one of each. */
const kinds = [
  ...[/_amd64\.deb$/, /-linux-amd64\.tar\.gz$/, /cli-linux-x64-[\d.]+\.tgz$/, /\.x86_64\.rpm$/],
  ...[/_arm64\.deb$/, /-linux-arm64\.tar\.gz$/, /cli-linux-arm64-[\d.]+\.tgz$/],
  ...[/^vethra-[\d.]+\.tgz$/, /^vethra-engine-[\d.]+\.tgz$/, /\.cdx\.json$/, /^CHANGELOG\.md$/],
]

const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: top })
const work = await mkdtemp(join(tmpdir(), 'vethra-soak-release-'))
try {
  const whole = await built('one')
  compare(await sumsIn(await built('in-a-folder-with-a-longer-name')), await sumsIn(whole))
  await lint(whole)
  const began = performance.now()
  await tryArm64(whole, work)
  const steps = 'its version, a network created and listed, by tarball and by npm'
  console.log(`arm64 under qemu-user: ${steps}, ${seconds(began)}; netlink is unverified`)
} finally {
  await rm(work, { recursive: true, force: true })
}

/** Builds a release of this commit in a clone; returns the folder of its files. */
async function built(name: string): Promise<string> {
  const began = performance.now()
  const folder = join(work, name)
  await execa('git', ['clone', '--quiet', top, folder])
  await execa('git', ['checkout', '--quiet', commit], { cwd: folder })
  await execa(join(folder, 'scripts/release'), [version, '--all'], { cwd: folder })
  console.log(`release in ${folder}: ${seconds(began)}`)
  return join(folder, 'dist/release')
}

type Sums = ReadonlyMap<string, string>

async function sumsIn(folder: string): Promise<Sums> {
  const lines = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n')
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
}

function compare(some: Sums, others: Sums): void {
  const missing = kinds.filter((kind) => ![...some.keys()].some((file) => kind.test(file)))
  if (missing.length > 0) throw new Error(`not built: ${missing.join(' ')}`)
  for (const [file, sum] of some) console.log(`${sum}  ${file}`)
  const files = [...new Set([...some.keys(), ...others.keys()])]
  const differ = files.filter((file) => some.get(file) !== others.get(file))
  if (differ.length > 0) throw new Error(`the bytes differ: ${differ.join(' ')}`)
  console.log(`${some.size} files, ${countOf(some, '.tgz')} of them for npm: the same bytes twice`)
}

function countOf(sums: Sums, end: string): number {
  return [...sums.keys()].filter((file) => file.endsWith(end)).length
}

/** No error, no warning, and no override that overrides nothing. */
async function lint(folder: string): Promise<void> {
  const began = performance.now()
  const packages = (await readdir(folder)).filter((file) => file.endsWith('.deb'))
  const { stdout } = await execa(
    'lintian',
    ['--allow-root', '--no-cfg', '--display-info', ...packages.map((file) => join(folder, file))],
    { reject: false },
  )
  const faults = stdout.split('\n').filter((line) => /^[EW]: |unused-override/.test(line))
  if (faults.length > 0) throw new Error(faults.join('\n'))
  console.log(`lintian: ${packages.length} packages, no fault, ${seconds(began)}`)
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(0)} s`
}
