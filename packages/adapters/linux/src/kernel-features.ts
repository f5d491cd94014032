import { readdirSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { errno, readTextIfReadable } from '@vethra/files'
import { type ModprobeFile, type SeenFeature, seenFeatures } from '@vethra/state'

/** The features that networks can need, and whether the kernel has them, by files alone below `root` (default `/`). */
export async function hostFeatures(root = ''): Promise<readonly SeenFeature[]> {
  const modules = `${root}/lib/modules/${release()}`
  return seenFeatures({
    config:
      (await configIn(`${root}/proc/config.gz`)) ??
      (await readTextIfReadable(`${root}/boot/config-${release()}`)),
    builtIn: await readTextIfReadable(`${modules}/modules.builtin`),
    modules: await readTextIfReadable(`${modules}/modules.dep`),
    loaded: foldersIn(`${root}/sys/module`),
    modprobe: await modprobeFiles(root),
    appArmor: await readTextIfReadable(`${root}/sys/module/apparmor/parameters/enabled`),
  })
}

// By the stream of the web: node:zlib alone takes as long to load as all else here.
async function configIn(path: string): Promise<string | undefined> {
  const packed = unlessUnreadable(() => readFileSync(path))
  if (packed === undefined) return undefined
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(unpacked).text().catch((error: unknown) => unreadable(error))
}

// modprobe.d(5), in its order.
async function modprobeFiles(root: string): Promise<readonly ModprobeFile[]> {
  const folders = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'].map(
    (each) => `${root}/${each}/modprobe.d`,
  )
  const paths = folders.flatMap((folder) =>
    (foldersIn(folder) ?? [])
      .filter((name) => name.endsWith('.conf'))
      .map((name) => `${folder}/${name}`),
  )
  const files = paths
    .slice(0, 1000)
    .map(async (path) => ({ path, text: (await readTextIfReadable(path)) ?? '' }))
  return Promise.all(files)
}

function foldersIn(path: string): readonly string[] | undefined {
  return unlessUnreadable(() => readdirSync(path))
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    return unreadable(error)
  }
}

// What cannot be read makes a feature unknown, and is no failure: no file of these is on every host.
function unreadable(error: unknown): undefined {
  if (errno(error) === undefined && !(error instanceof TypeError)) throw error
}
