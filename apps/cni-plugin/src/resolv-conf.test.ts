import { expect, it } from 'vitest'
import { readDns } from './resolv-conf.ts'

it.each([
  ['/nowhere/at/all', 'open /nowhere/at/all: no such file or directory'],
  ['/proc', 'read /proc: is a directory'],
  ['/dev/zero', 'read /dev/zero: not a regular file'],
])('says as Go does why %s can not be read', (path, message) => {
  expect(() => readDns(path)).toThrowError(message)
})
