import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { hookFile } from '../packages/core/container/src/index.ts'
import { manPages } from './man.ts'
import { top } from './project.ts'
import { notices } from './release-notices.ts'

/** Which executable becomes files for which prefix. */
export interface Payload {
  readonly executable: string
  /** Where the files will lie: `/usr` for a package, `/usr/local` for a tarball. */
  readonly prefix: '/usr' | '/usr/local'
  /** The text of the SBOM. */
  readonly sbom: string
}

const units = ['vethra.service', 'vethra.socket', 'vethra-dhcp.service', 'vethra-dhcp.socket']

/** Lays what is installed below a folder, which stands for the prefix. */
export async function layTree(folder: string, payload: Payload): Promise<void> {
  const { executable, prefix, sbom } = payload
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await mkdir(join(folder, 'bin'), { recursive: true })
  await cp(executable, join(folder, 'bin/vethra'))
  await symlink('vethra', join(folder, 'bin/vethra-runc'))
  for (const unit of units) {
    const text = await readFile(join(top, 'packaging/systemd', unit), 'utf8')
    await put(
      `lib/systemd/system/${unit}`,
      text.replaceAll('/usr/local/bin/vethra', `${prefix}/bin/vethra`),
    )
  }
  for (const [name, text] of await manPages())
    await put(`share/man/man${name.slice(-1)}/${name}.gz`, gzipSync(text, { level: 9 }))
  await put(
    'share/man/man1/vethra-runc.1.gz',
    gzipSync('.so man1/vethra-runtime.1\n', { level: 9 }),
  )
  for (const [shell, path] of completions(prefix)) await put(path, await completion(shell))
  // Podman reads this folder alone.
  if (prefix === '/usr')
    await put('share/containers/oci/hooks.d/vethra.json', hookFile('/usr/bin/vethra'))
  await put('share/doc/vethra/copyright', await notices(sbom))
  await put('share/doc/vethra/sbom.cdx.json.gz', gzipSync(sbom, { level: 9 }))
}

function completions(prefix: Payload['prefix']): readonly (readonly [string, string])[] {
  const zsh = prefix === '/usr' ? 'vendor-completions' : 'site-functions'
  return [
    ['bash', 'share/bash-completion/completions/vethra'],
    ['zsh', `share/zsh/${zsh}/_vethra`],
    ['fish', 'share/fish/vendor_completions.d/vethra.fish'],
  ]
}

// By the sources: the executable may be that of another machine.
async function completion(shell: string): Promise<string> {
  const main = join(top, 'apps/vethra/src/main.ts')
  const { stdout } = await execa(process.execPath, [main, 'completion', shell])
  return `${stdout}\n`
}
