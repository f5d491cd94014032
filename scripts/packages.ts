import { glob, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'

/** A folder of the workspace that has a package.json. */
export interface WorkspacePackage {
  readonly name: string
  /** Relative to the top: `packages/core/cni`. */
  readonly folder: string
  /** Source files by which it is imported, relative to `src`. */
  readonly entries: readonly string[]
  readonly dependencies: readonly string[]
  /** Whether it is never published. */
  readonly private: boolean
}

/** The packages of the workspace by folder, the top itself left out. */
export async function workspacePackages(top: string): Promise<readonly WorkspacePackage[]> {
  const found = await filesMatching(
    top,
    '{packages/{world,engine},packages/*/*,apps/*,e2e,examples}/package.json',
  )
  return Promise.all(found.map((path) => readPackage(top, path)))
}

/**
 * Files below the top that the pattern fits, sorted; not those that are hidden, installed or
 * built.
 */
export async function filesMatching(top: string, pattern: string): Promise<readonly string[]> {
  const exclude = (path: string) => /^(\..+|node_modules|dist)$/.test(basename(path))
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: top, exclude })) found.push(path)
  return found.toSorted()
}

async function readPackage(top: string, path: string): Promise<WorkspacePackage> {
  const manifest = JSON.parse(await readFile(join(top, path), 'utf8'))
  const { name, exports = [], dependencies = {}, private: isPrivate = false } = manifest
  const entries: readonly string[] = Object.values({
    ...(typeof exports === 'string' ? [exports] : exports),
  })
  return {
    name,
    folder: dirname(path),
    entries: entries.map((entry) => relative('src', entry)),
    dependencies: Object.keys(dependencies),
    private: isPrivate,
  }
}
