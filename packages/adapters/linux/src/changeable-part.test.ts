import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsRoot } from '../test/in-namespace.ts'
import { changeablePart } from './changeable-part.ts'

it('a path has a part that another user can change where a folder or a link on it is theirs', (context) => {
  context.skip(needsRoot !== undefined, needsRoot)
  const root = mkdtempSync(join(tmpdir(), 'changeable-'))
  const at = (name: string) => join(root, name)
  for (const name of ['ours', 'theirs', 'open', 'sticky', 'theirs/deep']) mkdirSync(at(name))
  writeFileSync(at('ours/ns'), '')
  chownSync(at('theirs'), 1000, 1000)
  chmodSync(at('open'), 0o777)
  chmodSync(at('sticky'), 0o1777)
  symlinkSync('../ours/ns', at('theirs/link'))
  symlinkSync('../theirs/deep', at('ours/link'))
  symlinkSync('../ours/ns', at('sticky/ours'))
  symlinkSync('../ours/ns', at('sticky/theirs'))
  lchownSync(at('sticky/theirs'), 1000, 1000)
  symlinkSync('circle', at('circle'))
  const part = (name: string) => changeablePart(at(name))?.slice(root.length + 1)
  expect(part('ours/ns')).toBeUndefined()
  expect(part('theirs/link')).toBe('theirs')
  expect(part('ours/link/ns')).toBe('theirs')
  expect(part('ours/../theirs/link')).toBe('theirs')
  expect(part('open/ns')).toBe('open')
  expect(part('sticky/ours')).toBeUndefined()
  expect(part('sticky/theirs')).toBe('sticky/theirs')
  expect(part('circle')).toBeUndefined()
  expect(part('missing/ns')).toBeUndefined()
})

it('a namespace of a process has none, whoever owns the process: its link is the kernel’s', () => {
  expect(changeablePart('/proc/self/ns/net')).toBeUndefined()
  expect(changeablePart(`/proc/${process.pid}/task/${process.pid}/ns/net`)).toBeUndefined()
})

it('what lies behind the root of another process can be changed by who is in there; behind that of init and our own it is as ever', (context) => {
  context.skip(needsRoot !== undefined, needsRoot)
  const child = spawn('sleep', ['1000'])
  const root = `/proc/${child.pid}/root`
  const parts = [
    `${root}/run/netns/x`,
    `${root}/proc/1/ns/net`,
    '/proc/1/root/run',
    '/proc/self/root/run',
  ]
  const changeable = parts.map(changeablePart)
  child.kill()
  expect(changeable).toEqual([root, root, undefined, undefined])
})
