import { readdirSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { gunzipSync } from 'node:zlib'
import { onCniError } from '@vethra/cni'
import { errno, readText } from '@vethra/files'
import { type SeenFeature, seenFeatures } from '@vethra/state'

/**
 * The features that networks can need, and whether the running kernel has them, by files alone: making an interface to
 * see would load its module. `root` is the folder that `/proc`, `/sys`, `/boot` and `/lib` are in; default `/`.
 */
export async function hostFeatures(root = ''): Promise<readonly SeenFeature[]> {
  const modules = `${root}/lib/modules/${release()}`
  const text = (path: string) => readText(path).catch(onCniError(() => undefined))
  return seenFeatures({
    config: configIn(`${root}/proc/config.gz`) ?? (await text(`${root}/boot/config-${release()}`)),
    builtIn: await text(`${modules}/modules.builtin`),
    modules: await text(`${modules}/modules.dep`),
    loaded: foldersIn(`${root}/sys/module`),
    appArmor: await text(`${root}/sys/module/apparmor/parameters/enabled`),
  })
}

/** The most octets that a kernel's options take unpacked: they take a quarter of a megabyte. */
const configLimit = 4 * 1024 * 1024

function configIn(path: string): string | undefined {
  return unlessUnreadable(() =>
    gunzipSync(readFileSync(path), { maxOutputLength: configLimit }).toString(),
  )
}

function foldersIn(path: string): readonly string[] | undefined {
  return unlessUnreadable(() => readdirSync(path))
}

// What cannot be read makes a feature unknown, and is no failure: no file of these is on every host.
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (errno(error) === undefined) throw error
    return undefined
  }
}
