import { readTextIfReadable } from '@vethra/files'

/** Whether a process is frozen, by cgroup v1 or v2; false where that cannot be read. `root`: where the hierarchies are mounted. */
export async function isFrozen(
  pid: number,
  groups = `/proc/${pid}/cgroup`,
  root = '/sys/fs/cgroup',
): Promise<boolean> {
  const states = await Promise.all(
    stateFiles((await readTextIfReadable(groups)) ?? '', root).map((file) =>
      readTextIfReadable(file),
    ),
  )
  return states.some((text) => /^(?:FROZEN|FREEZING|1)$/.test(text?.trim() ?? ''))
}

// cgroups(7): `ID:CONTROLLERS:PATH`, and `0::PATH` of v2, which may be mounted beside v1. A path out of our own root has "..".
function stateFiles(groups: string, root: string): readonly string[] {
  const paths = groups.split('\n').flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    return path === '' || path.split('/').includes('..') ? [] : [[controllers, path] as const]
  })
  const first = paths.find(([controllers]) => controllers.split(',').includes('freezer'))
  if (first) return [`${root}/freezer${first[1]}/freezer.state`]
  const unified = paths.filter(([controllers]) => controllers === '').map(([, path]) => path)
  return unified.flatMap((path) =>
    [root, `${root}/unified`].map((each) => `${each}${path}/cgroup.freeze`),
  )
}
