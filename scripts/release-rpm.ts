import { cp, glob, mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { readProject, top } from './project.ts'
import type { Build } from './release-deb.ts'
import { shellScript } from './release-shell.ts'
import { layTree } from './release-tree.ts'

/** Where an rpm is made, and how. */
export interface RpmPlaces {
  readonly work: string
  readonly to: string
  /** A value of rpm's `_binary_payload`. */
  readonly payload?: string
}

/** Which functions of packaging/shell each scriptlet calls. */
const scriptlets = { post: ['tell'], preun: ['purge', 'tell'], postun: ['purge'] }

/**
 * Builds the rpm of an amd64 executable by rpmbuild into a folder; returns its path. `rpm -qp` has read it. Its data is packed as
 * `payload` says, by default the smallest.
 */
export async function buildRpm(
  build: Build,
  { work, to, payload = 'w15.zstdio' }: RpmPlaces,
): Promise<string> {
  const { homepage } = await readProject()
  const tree = join(work, 'rpm')
  await layTree(join(tree, 'usr'), { ...build, prefix: '/usr' })
  const functions = join(tree, 'usr/share/zsh')
  await rename(join(functions, 'vendor-completions'), join(functions, 'site-functions'))
  const preset = 'usr/lib/systemd/system-preset/90-vethra.preset'
  await cp(join(top, 'packaging/rpm/90-vethra.preset'), join(tree, preset))
  await execa('chmod', ['-R', 'u=rwX,go=rX', tree])
  const topdir = join(work, 'rpmbuild')
  const scripts = join(topdir, 'BUILD')
  await mkdir(scripts, { recursive: true })
  for (const [name, parts] of Object.entries(scriptlets))
    await writeFile(join(scripts, name), await shellScript(parts, `rpm/${name}`))
  const defines = {
    _topdir: topdir,
    _buildhost: 'release',
    _binary_payload: payload,
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    release_version: build.version.replace('-', '~'),
    release_homepage: homepage,
    release_tree: tree,
  }
  const flags = Object.entries(defines).flatMap(([key, value]) => ['--define', `${key} ${value}`])
  await execa(
    'rpmbuild',
    ['-bb', '--target', 'x86_64-linux', ...flags, join(top, 'packaging/rpm/vethra.spec')],
    {
      env: { SOURCE_DATE_EPOCH: String(build.epochSeconds) },
    },
  )
  for await (const file of glob(join(topdir, 'RPMS/*/*.rpm'))) {
    await execa('rpm', ['-qp', '--list', file])
    const final = join(to, basename(file))
    await execa('mv', [file, final])
    return final
  }
  throw new Error('rpmbuild left no rpm')
}
