import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isListening } from './is-listening.ts'

it('a socket answers while a process listens, and neither before nor when a file of it is left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-listening-'))
  const path = join(folder, 'socket')
  const server = createServer()
  try {
    expect(await isListening(path)).toBe(false)
    await new Promise<void>((listening) => server.listen(path, listening))
    expect(await isListening(path)).toBe(true)
    await new Promise((closed) => server.close(closed))
    expect(await isListening(path)).toBe(false)
    expect(await isListening(folder)).toBe(false)
  } finally {
  }
})
