import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { missingSources } from './firewalld.ts'

afterEach(() => vi.unstubAllEnvs())

it('what was put into a zone is written down where nobody else can add to it, whatever the umask', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firewalld-'))
  const program = join(folder, 'dbus-send')
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  const umask = process.umask(0)
  try {
    for (const { put } of missingSources(join(folder, 'records'), ['10.4.1.0/24'])) put()
  } finally {
    process.umask(umask)
  }
  expect(statSync(join(folder, 'records')).mode & 0o777).toBe(0o700)
})
