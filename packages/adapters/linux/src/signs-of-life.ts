import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { listFolder, listFolders } from '@vethra/files'
import type { SignsOfLife } from '@vethra/ipam'
import { containersOfPlugins } from './plugins-at-work.ts'

/**
 * Signs of life of containers all over the host, beside those of caches and records: ours, nerdctl's,
 * cnitool's, those of OCI runtimes, and plugins at work. `dataRoot` is where our data stores are.
 */
export async function signsOnHost(
  dataRoot: string,
): Promise<Pick<SignsOfLife, 'known' | 'namespaces' | 'running'>> {
  const [known, namespaces] = await Promise.all([knownContainers(dataRoot), namespaceIds()])
  const running = new Set(containersOfPlugins())
  return { known: new Set(known), namespaces: new Set(namespaces), running }
}

// nerdctl keeps reservations in the same folder, and its containers in its own.
async function knownContainers(dataRoot: string): Promise<readonly string[]> {
  const roots = [...new Set([dataRoot, '/var/lib/nerdctl'])]
  const stores = (await Promise.all(roots.map(subfolders))).flat()
  const namespaces = await Promise.all(
    stores.flatMap((store) => [join(store, 'containers'), join(store, 'etchosts')]).map(subfolders),
  )
  const runtimes = ['/run/runc', '/run/crun']
  const tasks = await subfolders('/run/containerd/io.containerd.runtime.v2.task')
  const folders = [...namespaces.flat(), ...runtimes, ...tasks]
  return (await Promise.all(folders.map(listFolders))).flat()
}

async function subfolders(folder: string): Promise<readonly string[]> {
  return (await listFolders(folder)).map((name) => join(folder, name))
}

async function namespaceIds(): Promise<readonly string[]> {
  const folders = ['/run/netns', '/var/run/netns', '/run/docker/netns']
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await listFolder(folder)).flatMap((name) => [name, idOfCnitool(join(folder, name))]),
    ),
  )
  return found.flat()
}

function idOfCnitool(path: string): string {
  return `cnitool-${createHash('sha512').update(path).digest('hex').slice(0, 20)}`
}
