import { goField, goItems, goText, invalidFileError, jsonOrNull } from '@vethra/cni'

/** The container id of a config.json of Podman's, by its mount /run/.containerenv, or its cgroup. Throws CniError 107 without. */
export function podmanId(text: string): string {
  const config = jsonOrNull(text)
  const mounts = goItems(config, 'mounts')
  const own = mounts.find((each) => goField(each, 'destination') === '/run/.containerenv')
  const cgroup = goText(goField(config, 'linux'), 'cgroupsPath')
  const found = [
    /-containers\/([0-9a-f]{64})\/userdata\/\.containerenv$/.exec(goText(own, 'source')),
    /(?:^|[/:])libpod[-:]([0-9a-f]{64})(?:\.scope)?$/.exec(cgroup),
  ].flatMap((match) => match?.[1] ?? [])
  const [id = ''] = found
  if (id !== '' && found.every((each) => each === id)) return id
  throw invalidFileError(
    `cannot tell which container this config.json is for: ${id === '' ? "it is not Podman's" : 'its mounts and its cgroup differ'}`,
    'Use this stage with Podman alone; for other managers, name vethra-runc as their OCI runtime.',
  )
}
