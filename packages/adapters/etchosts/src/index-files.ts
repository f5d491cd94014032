import { lstatSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTexts, parseJson } from '@vethra/cni'
import { faultPoint, fileError, readOwn } from '@vethra/files'
import type { Places } from './places.ts'

/** The index is a cache: its head is there only while all files are whole, as the last operation left them. Nothing of it is synced. */
export interface IndexHead {
  /** The times of the namespace's folder: they change when a folder in it is made or removed. */
  readonly stamp: string
  /** The containers that nothing is known of: prepared, stopped, damaged. nerdctl may start them. */
  readonly idle: readonly string[]
}

/** A member of a network, by the index. */
export interface Member {
  readonly id: string
  /** The stamp of its hosts file when we wrote it last (`stampOf`); absent where others wrote to it since. */
  readonly stamp?: string
}

/** The head; undefined when there is none, when it makes no sense, or when folders came or went without it. */
export function readHead(places: Places): IndexHead | undefined {
  const value = read(headOf(places)) as Partial<IndexHead> | null | undefined
  if (value?.stamp === undefined || value.stamp !== folderStamp(places)) return undefined
  return isTexts(value.idle) ? { stamp: value.stamp, idle: value.idle } : undefined
}

/** Writes the head, after everything else. */
export function writeHead(places: Places, idle: readonly string[]): void {
  write(places, headOf(places), { stamp: folderStamp(places), idle })
}

/** Removes the head, before anything else is changed: a killed writer leaves none. */
export function dropHead(places: Places): void {
  remove(headOf(places))
}

/** The members of a network, by its key; empty when it has none. An index of 0.1 has their ids alone. */
export function readMembers(places: Places, key: string): readonly Member[] {
  const value = read(membersOf(places, key))
  const members = Array.isArray(value) ? value.map(memberOf) : []
  return members.every((each) => each !== undefined) ? members : []
}

/** Writes the members of a network; while there is no head. */
export function writeMembers(places: Places, key: string, members: readonly Member[]): void {
  if (members.length === 0) remove(membersOf(places, key))
  else
    write(
      places,
      membersOf(places, key),
      members.map(({ id, stamp }) => (stamp === undefined ? [id] : [id, stamp])),
    )
}

function memberOf(value: unknown): Member | undefined {
  if (typeof value === 'string') return { id: value }
  const [id, stamp] = isTexts(value) ? value : []
  if (id === undefined) return undefined
  return stamp === undefined ? { id } : { id, stamp }
}

/** Removes the whole index. */
export function clearIndex({ index }: Places): void {
  remove(index)
}

// What changes when a container's folder comes or goes.
function folderStamp({ folder }: Places): string | undefined {
  const status = statSync(folder, { bigint: true, throwIfNoEntry: false })
  // Two changes within one tick of the clock have the same time, but not the same number of folders.
  return status && `${status.ino} ${status.mtimeNs} ${status.nlink}`
}

function headOf({ index }: Places): string {
  return join(index, 'head.json')
}

function membersOf({ index }: Places, key: string): string {
  return join(index, `${key}.json`)
}

function read(path: string): unknown {
  const text = readOwn(path)
  try {
    return text === undefined ? undefined : parseJson(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function write({ index }: Places, path: string, value: unknown): void {
  try {
    faultPoint('write', path)
    mkdirSync(index, { recursive: true, mode: 0o700 })
    // A FIFO would keep us waiting, and a link lead elsewhere.
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) remove(path)
    writeFileSync(path, JSON.stringify(value), { mode: 0o600 })
  } catch (error) {
    throw fileError('write', path, error)
  }
}

function remove(path: string): void {
  try {
    faultPoint('remove', path)
    rmSync(path, { recursive: true, force: true })
  } catch (error) {
    throw fileError('remove', path, error)
  }
}
