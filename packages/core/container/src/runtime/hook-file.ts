import { goField, jsonOrNull } from '@vethra/cni'

/** The name of our file in a folder of hooks. */
export const hookFileName = 'vethra.json'

/** The file that has Podman call the hook for our annotations before the OCI runtime (oci-hooks(5)). `program`: the executable's path. */
export function hookFile(program: string): string {
  const hook = {
    path: program,
    args: ['vethra', 'oci-hook', 'precreate'],
    env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'BUN_OPTIONS=--cwd=/',
    ],
  }
  const when = { annotations: { '^vethra\\.': '.*' } }
  return `${JSON.stringify({ version: '1.0.0', hook, when, stages: ['precreate'] }, null, 2)}\n`
}

/** Whether a file of a folder of hooks is ours, of whichever version. */
export function isHookFile(text: string): boolean {
  const args = goField(goField(jsonOrNull(text), 'hook'), 'args')
  return Array.isArray(args) && args.slice(-2).join('\n') === 'oci-hook\nprecreate'
}
