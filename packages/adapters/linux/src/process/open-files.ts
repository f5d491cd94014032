import { readFileSync } from 'node:fs'

/** A limit of open files: setrlimit(2). */
export interface OpenFiles {
  readonly soft: number
  readonly hard: number
}

/**
 * The limit of open files before bun raised its soft part to the hard one, as the parent process has it: no
 * trace of it is left in this process. Undefined where there is nothing to restore, or where the parent, a Go
 * program or bun itself, has raised its own.
 */
export function openFilesBefore(): OpenFiles | undefined {
  const [own, parent] = [limitOf('self'), limitOf(String(process.ppid))]
  if (own === undefined || parent === undefined || parent.hard !== own.hard) return undefined
  return parent.soft < own.soft ? parent : undefined
}

function limitOf(pid: string): OpenFiles | undefined {
  try {
    return parseOpenFiles(readFileSync(`/proc/${pid}/limits`, 'utf8'))
  } catch {
    return undefined
  }
}

function parseOpenFiles(text: string): OpenFiles | undefined {
  const [, soft, hard] = /^Max open files +(\d+) +(\d+)/m.exec(text) ?? []
  return soft === undefined ? undefined : { soft: Number(soft), hard: Number(hard) }
}
