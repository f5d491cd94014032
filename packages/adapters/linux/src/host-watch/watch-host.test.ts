import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { HostWatch } from '@vethra/world'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchHost } from './watch-host.ts'

let folder: string
let changes: string[]
let watching: HostWatch | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'))
  changes = []
})
afterEach(() => {
  watching?.close()
})

function start(folders: readonly string[], programs: readonly [string, ...string[]][] = []) {
  const onFault = (fault: unknown) => changes.push(`fault: ${fault}`)
  watching = watchHost({ folders, programs, onChange: (what) => changes.push(what), onFault })
}

async function until(wanted: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !wanted(); round += 1) await setTimeout(20)
  expect(wanted(), `in time; seen: ${changes.join(', ')}`).toBe(true)
}

/** Acts again and again: a watch, or a program, may need a while before it sees anything. */
async function seen(path: string, act: () => void): Promise<void> {
  changes.length = 0
  await until(() => {
    act()
    return changes.includes(path)
  })
}

describe('a folder', () => {
  it('is watched with what is below it, made later too', async () => {
    mkdirSync(join(folder, 'a'))
    start([folder])
    await seen(join(folder, 'a/x'), () => writeFileSync(join(folder, 'a/x'), '1'))
    await seen(join(folder, 'b'), () => mkdirSync(join(folder, 'b'), { recursive: true }))
    await seen(join(folder, 'b/y'), () => writeFileSync(join(folder, 'b/y'), '1'))
    await seen(join(folder, 'a/x'), () => rmSync(join(folder, 'a/x'), { force: true }))
  })

  it('that is missing is waited for', async () => {
    const later = join(folder, 'some/where')
    start([later])
    await seen(later, () => mkdirSync(later, { recursive: true }))
    await seen(join(later, 'x'), () => writeFileSync(join(later, 'x'), '1'))
  })

  it('that was removed and made again is watched after a refresh', async () => {
    const replaced = join(folder, 'replaced')
    mkdirSync(replaced)
    start([replaced])
    rmSync(replaced, { recursive: true })
    mkdirSync(replaced)
    // It is noticed some time after the removal.
    await seen(join(replaced, 'x'), () => {
      watching?.refresh()
      writeFileSync(join(replaced, 'x'), '1')
    })
  })

  it('tells nothing while nothing changes, nor after its end', async () => {
    start([folder])
    await setTimeout(200)
    changes.length = 0
    readFileSync('/proc/self/stat')
    await setTimeout(200)
    expect(changes).toEqual([])
    watching?.close()
    watching?.refresh()
    writeFileSync(join(folder, 'x'), '1')
    await setTimeout(200)
    expect(changes).toEqual([])
  })
})

describe('a program', () => {
  const pids = () => {
    const text = existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8') : ''
    return text.trim().split('\n').filter(Boolean)
  }
  const alive = (pid: string) => existsSync(`/proc/${pid}`)
  const monitor = (body: string): [string, ...string[]] => [
    'sh',
    '-c',
    `echo $$ >>${folder}/pids; ${body}`,
  ]

  it('is heard at each line, and ends with the watch', async () => {
    const program = monitor(`exec tail -n 0 -f ${folder}/log`)
    writeFileSync(join(folder, 'log'), '')
    start([], [program])
    for (let round = 0; round < 3; round += 1) {
      await seen(program.join(' '), () => appendFileSync(join(folder, 'log'), 'x\n'))
    }
    const [pid = ''] = pids()
    expect(alive(pid)).toBe(true)
    watching?.close()
    await until(() => !alive(pid))
  })

  it('that has ended is started again by a refresh, unless there is none', async () => {
    start([], [monitor('exit 0'), ['no-such-program-at-all']])
    await until(() => pids().length === 1)
    await until(() => {
      watching?.refresh()
      return pids().length > 1
    })
    expect(changes).toEqual([])
  })

  it('ends when its watcher is killed', async () => {
    const program = monitor('exec sleep 1000')
    const text = `
      import { watchHost } from ${JSON.stringify(new URL('./watch-host.ts', import.meta.url).href)}
      watchHost({ folders: [], programs: [${JSON.stringify(program)}], onChange() {}, onFault() {} })
      setInterval(() => {}, 1000)`
    const flags = 'bun' in process.versions ? [] : ['--input-type=module-typescript']
    const watcher = spawn(process.execPath, [...flags, '-e', text], { stdio: 'inherit' })
    await until(() => pids().length === 1)
    const [pid = ''] = pids()
    watcher.kill('SIGKILL')
    await once(watcher, 'exit')
    await until(() => !alive(pid))
  })
})
