import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { CniError, type ResultDns } from '@vethra/cni'
import { dnsOf } from '@vethra/ipam'
import { failed } from './go-codes.ts'

/** The `dns` result of a resolv.conf, as host-local reads it (dns.go). Throws CniError 999 in Go's words. */
export function readDns(path: string): ResultDns {
  return dnsOf(readWhole(path))
}

function readWhole(path: string): string {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      checkRegular(path, file)
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    if (cause instanceof CniError) throw cause
    const { code = '', syscall = 'open' } = cause as NodeJS.ErrnoException
    throw failed(`${syscall} ${path}: ${words[code] ?? code}`)
  }
}

// A device has no end. A folder is told of by the read.
function checkRegular(path: string, file: number): void {
  const status = fstatSync(file)
  if (status.isDirectory() || (status.isFile() && status.size <= largest)) return
  const fault = status.isFile() ? `larger than ${largest} octets` : 'not a regular file'
  throw failed(`read ${path}: ${fault}`)
}

const largest = 16 * 1024 * 1024

const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
}
