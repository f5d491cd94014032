import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { missingSources, zoneSources } from './firewalld.ts'

afterEach(() => vi.unstubAllEnvs())

function stubProgram(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firewalld-'))
  const program = join(folder, 'dbus-send')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  return folder
}

it.each([
  ['echo "  array ["; echo "   10.4.1.0/24 fd00::/64 ]"', ['10.4.1.0/24', 'fd00::/64']],
  ['echo', []],
  ['exit 1', undefined],
  ['[ "$3" != --reply-timeout=5000 ] || exit 1; echo 10.4.1.0/24', undefined],
  ['yes 10.4.1.0/24', undefined],
])('sources of a firewalld for which dbus-send does %s are %j', (script, sources) => {
  stubProgram(script)
  expect(zoneSources()).toEqual(sources)
})

it('what was put into a zone is written down where nobody else can add to it, whatever the umask', () => {
  const folder = stubProgram('')
  const umask = process.umask(0)
  try {
    for (const { put } of missingSources(join(folder, 'records'), ['10.4.1.0/24'])) put()
  } finally {
    process.umask(umask)
  }
  expect(statSync(join(folder, 'records')).mode & 0o777).toBe(0o700)
})
