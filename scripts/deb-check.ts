/** Builds the Debian package of dist/vethra, and checks what is in it and its man pages. Given a folder, leaves it there. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { version } from '../packages/core/settings/src/index.ts'
import { writeManPages } from './man.ts'
import { top } from './project.ts'
import { buildDeb } from './release-deb.ts'
import { makeSbom } from './release-sbom.ts'

const wanted = [
  /^-rwxr-xr-x root\/root .* \.\/usr\/bin\/vethra$/m,
  /^lrwxrwxrwx root\/root .* \.\/usr\/bin\/vethra-runc -> vethra$/m,
  ...['vethra.service', 'vethra.socket', 'vethra-dhcp.service', 'vethra-dhcp.socket'].map(
    (unit) =>
      new RegExp(`^-rw-r--r-- .* \\./usr/lib/systemd/system/${unit.replace('.', '\\.')}$`, 'm'),
  ),
  /\.\/usr\/share\/man\/man5\/vethra\.toml\.5\.gz$/m,
  /\.\/usr\/share\/bash-completion\/completions\/vethra$/m,
  /\.\/usr\/share\/zsh\/vendor-completions\/_vethra$/m,
  /\.\/usr\/share\/fish\/vendor_completions\.d\/vethra\.fish$/m,
  /\.\/usr\/share\/containers\/oci\/hooks\.d\/vethra\.json$/m,
  /\.\/usr\/share\/doc\/vethra\/copyright$/m,
]

const work = await mkdtemp(join(tmpdir(), 'vethra-deb-'))
try {
  const faults = await check()
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
} finally {
  await rm(work, { recursive: true, force: true })
}

async function check(): Promise<readonly string[]> {
  const began = performance.now()
  const pages = await writeManPages(join(work, 'man'))
  const [deb, warnings] = await Promise.all([build(), manWarnings(pages)])
  const faults = [...warnings, ...(await missing(deb, pages.length))]
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`the package, with ${pages.length} man pages: ${faults.length} faults, ${seconds} s`)
  return faults
}

async function build(): Promise<string> {
  const executable = join(top, 'dist/vethra')
  const compression = ['-Zzstd', '-z1']
  const epochSeconds = Math.floor(Date.now() / 1000)
  const sbom = await makeSbom(epochSeconds)
  const host = { version, architecture: 'amd64', epochSeconds } as const
  return buildDeb({ ...host, executable, sbom, compression }, work, process.argv[2] ?? work)
}

/** What man(1) says of the pages, all in one run. */
async function manWarnings(pages: readonly string[]): Promise<readonly string[]> {
  const flags = ['--warnings', '-E', 'UTF-8', '-Tutf8', '-Z', '-l']
  const { stderr } = await execa('man', [...flags, ...pages], {
    env: { LC_ALL: 'C.UTF-8' },
    buffer: { stdout: false },
    stdout: 'ignore',
  })
  return stderr.split('\n').filter((line) => line !== '')
}

async function missing(deb: string, pages: number): Promise<readonly string[]> {
  const { stdout } = await execa('dpkg-deb', ['--contents', deb])
  const found = stdout.match(/\/man\d\/.*\.gz$/gm)?.length ?? 0
  const foreign = stdout.split('\n').filter((line) => !/^\S+ root\/root /.test(line))
  return [
    ...wanted
      .filter((each) => !each.test(stdout))
      .map((each) => `the package lacks ${each.source}`),
    ...foreign.map((line) => `the package has a file of another owner: ${line}`),
    // That of vethra-runc is beside them.
    ...(found === pages + 1
      ? []
      : [`the package has ${found} man pages, and ${pages + 1} were made`]),
  ]
}
