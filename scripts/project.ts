import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What project.json says: the one place of owner, URLs and contacts. */
export interface Project {
  readonly name: string
  /** `NAME <ADDRESS>` */
  readonly maintainer: string
  readonly homepage: string
  /** As git clones it. */
  readonly repository: string
  readonly bugs: string
  /** The address that reports of vulnerabilities go to. */
  readonly security: string
  readonly description: string
  readonly keywords: readonly string[]
}

/** The top of the repository. */
export const top: string = join(import.meta.dirname, '..')

/** Reads project.json. */
export async function readProject(): Promise<Project> {
  return JSON.parse(await readFile(join(top, 'project.json'), 'utf8'))
}

/** The keys of project.json that hold a placeholder: a name below `.example` or `.invalid`, or nothing (RFC 2606). */
export function placeholders(project: Project): readonly string[] {
  const isOne = (value: unknown) =>
    String(value).trim() === '' ||
    /(^|[./@])(example\.(com|net|org)|[\w-]+\.(example|invalid))\b/.test(String(value))
  return Object.entries(project)
    .filter(([, value]) => isOne(value))
    .map(([key]) => key)
}
