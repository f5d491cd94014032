import { describe, expect, it } from 'vitest'
import {
  isProvable,
  isSameNamespace,
  lifeOf,
  type NamespaceIdentity,
  type SeenNamespace,
} from './namespace.ts'

// A record of `/run/netns/x`, and one of `/proc/7/ns/net`.
const named = { netnsId: '4:1', cookie: '9', bootId: 'b', place: '24:2' }
const ofProcess = { ...named, place: 'pid:[3]', startTime: '100' }
const old = { netnsId: '4:1' }
const there = { ...named, found: 'namespace' } as const
const another = { ...there, cookie: '10' }
const missing = { netnsId: '', bootId: 'b', place: '24:2', found: 'missing' } as const
const noProcess = { ...missing, place: 'pid:[3]' }
const process = { ...there, place: 'pid:[3]', startTime: '100' }
const withoutCookie = ({ cookie: _, ...rest }: SeenNamespace): SeenNamespace => rest
type Row = readonly [title: string, recorded: NamespaceIdentity, seen: SeenNamespace, life: string]

describe('lifeOf', () => {
  it.each<Row>([
    ['the same cookie', named, there, 'alive'],
    ['the same cookie at another inode of the folder', named, { ...there, place: '1:1' }, 'alive'],
    ['the same inode under another cookie', named, another, 'gone'],
    ['another cookie in another folder', named, { ...another, place: '1:1' }, 'unknown'],
    ['another boot, though all else is equal', named, { ...there, bootId: 'c' }, 'gone'],
    ['another boot and nothing there', named, { ...missing, place: '1:1', bootId: 'c' }, 'gone'],
    ['a boot that cannot be told', named, { ...there, bootId: undefined } as never, 'unknown'],
    ['nothing in the folder of then', named, missing, 'gone'],
    ['nothing in another folder', named, { ...missing, place: '1:1' }, 'unknown'],
    ['no folder', named, { netnsId: '', bootId: 'b', found: 'missing' }, 'unknown'],
    ['what cannot be read', named, { ...missing, found: 'unreadable' }, 'unknown'],
    ['the inode alone: no cookie now', named, withoutCookie(there), 'unknown'],
    ['another inode, no cookie now', named, withoutCookie({ ...there, netnsId: '4:2' }), 'gone'],
    ['the process and its namespace', ofProcess, process, 'alive'],
    ['no such process', ofProcess, noProcess, 'gone'],
    [
      'no such process, seen from another PID namespace',
      ofProcess,
      { ...noProcess, place: 'pid:[9]' },
      'unknown',
    ],
    [
      'another process with the inode',
      ofProcess,
      { ...process, cookie: '10', startTime: '101' },
      'gone',
    ],
    ['the process in another namespace', ofProcess, { ...process, cookie: '10' }, 'unknown'],
    [
      'the process and the inode, no cookie',
      withoutCookie({ ...process }),
      withoutCookie(process),
      'alive',
    ],
    [
      'another process with the inode, no cookie',
      ofProcess,
      withoutCookie({ ...process, startTime: '101' }),
      'gone',
    ],
    [
      'another PID namespace',
      ofProcess,
      { ...process, cookie: '10', startTime: '101', place: 'pid:[9]' },
      'unknown',
    ],
    ['record of 0.1: the inode alone', old, there, 'unknown'],
    [
      'record of 0.1: the inode alone, no cookie in the kernel',
      old,
      withoutCookie(there),
      'unknown',
    ],
    ['record of 0.1: nothing at a path', old, missing, 'unknown'],
    ['record of 0.1: another inode at a path', old, { ...there, netnsId: '4:2' }, 'unknown'],
    ['record of 0.1: no such process', old, noProcess, 'gone'],
    ['record of 0.1: another inode of the process', old, { ...process, netnsId: '4:2' }, 'unknown'],
    ['nothing recorded', { netnsId: '' }, there, 'unknown'],
  ])('%s', (_, recorded, seen, life) => {
    expect(lifeOf(recorded, seen)).toBe(life)
  })

  it('an interface proves a namespace that only device and inode tell, and no other', () => {
    expect(lifeOf(old, there, { isProven: true })).toBe('alive')
    expect(lifeOf(named, another, { isProven: true })).toBe('gone')
    expect(lifeOf(named, { ...there, bootId: 'c' }, { isProven: true })).toBe('gone')
    expect(lifeOf(old, { ...there, netnsId: '4:2' }, { isProven: true })).toBe('unknown')
  })

  it.each([
    ['the process and all else of then, and the interface', {}, true, 'alive'],
    ['the process and all else of then, without the interface', {}, false, 'gone'],
    ['a process that started at another time', { startTime: '101' }, true, 'gone'],
    ['another cookie', { cookie: '10' }, true, 'gone'],
    ['another inode', { netnsId: '4:2' }, true, 'gone'],
    ['another PID namespace', { place: 'pid:[9]' }, true, 'gone'],
  ])('in another boot: %s', (_, change, isProven, life) => {
    const now = { ...process, ...change, bootId: 'c' }
    expect(lifeOf(ofProcess, now, { isProven })).toBe(life)
    expect(isProvable(ofProcess, now)).toBe(Object.keys(change).length === 0)
  })
})

it.each<readonly [NamespaceIdentity, boolean | undefined]>([
  [named, true],
  [{ ...named, netnsId: '4:2' }, true],
  [{ ...named, cookie: '10' }, false],
  [{ ...named, bootId: 'c' }, false],
  [old, undefined],
  [{ netnsId: '4:2' }, false],
  [{ netnsId: '' }, undefined],
])('isSameNamespace of %j', (other, same) => {
  expect(isSameNamespace(named, other)).toBe(same)
})
