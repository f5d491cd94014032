import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Host, plugins } from './host.ts'

/** When a plugin fails: `bridge ADD after` fails once it has done its work, `bridge DEL before` does nothing. */
export type PluginFault = `${string} ${'ADD' | 'DEL'} ${'before' | 'after'}`

/** A folder of plugins that are the real ones, but for the one that is to fail. */
export interface FailingPlugins {
  readonly path: string
  /** Has one fail from now on; an empty text none. */
  choose(fault: PluginFault | ''): Promise<void>
}

/** Makes the folder, in that of the host. */
export async function failingPlugins(host: Host): Promise<FailingPlugins> {
  const path = join(host.folder, 'failing')
  await mkdir(path)
  const chosen = join(host.folder, 'fault')
  const script = `#!/bin/sh
name=\${0##*/}
fail() { echo '{"cniVersion":"1.0.0","code":11,"msg":"not today"}'; exit 1; }
read -r fault 2>/dev/null <${chosen}
[ "$fault" = "$name $CNI_COMMAND before" ] && fail
[ "$fault" = "$name $CNI_COMMAND after" ] && { ${plugins}/$name >/dev/null; fail; }
exec ${plugins}/$name
`
  for (const name of await readdir(plugins)) {
    await writeFile(join(path, name), script)
    await chmod(join(path, name), 0o755)
  }
  await writeFile(chosen, '')
  return { path, choose: (fault) => writeFile(chosen, `${fault}\n`) }
}
