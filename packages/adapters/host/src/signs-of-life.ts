import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listFolder, listFolders } from '@vethra/files'
import type { SignsOfLife } from '@vethra/ipam'

/**
 * Signs of life of containers all over the host, beside those of caches and records: ours, nerdctl's,
 * cnitool's, those of OCI runtimes, and plugins at work. `dataRoot` is where our data stores are.
 */
export async function signsOnHost(
  dataRoot: string,
): Promise<Pick<SignsOfLife, 'known' | 'namespaces' | 'running'>> {
  const [known, namespaces, running] = await Promise.all([
    knownContainers(dataRoot),
    namespaceIds(),
    idsOfPlugins(),
  ])
  return { known: new Set(known), namespaces: new Set(namespaces), running: new Set(running) }
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

/** The containers that plugins are at work for: a plugin has its id in the environment. */
async function idsOfPlugins(): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(processes.map(environmentOf))
  return found.flatMap((text) => /(?:^|\0)CNI_CONTAINERID=([^\0]*)/.exec(text)?.[1] ?? [])
}

async function environmentOf(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/environ`, 'utf8')
  } catch (error) {
    // It has ended, or is the kernel's or another user's.
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
