import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { netnsId, pluginsEnded } from './index.ts'

describe('netnsId', () => {
  it('is device and inode, the same for two paths of one namespace', async () => {
    const { dev, ino } = await stat('/proc/self/ns/net')
    expect(await netnsId('/proc/self/ns/net')).toBe(`${dev}:${ino}`)
    expect(await netnsId(`/proc/${process.pid}/ns/net`)).toBe(`${dev}:${ino}`)
  })

  it.each(['', '/nowhere', '/etc/passwd'])('%j is no namespace', async (path) => {
    expect(await netnsId(path)).toBe('')
  })
})

describe('pluginsEnded', () => {
  it('waits for the processes of one container, and of no other', async () => {
    const id = `plugin-test-${process.pid}`
    const env = { PATH: process.env['PATH'], CNI_CONTAINERID: id }
    const plugin = spawn('sleep', ['30'], { env })
    await once(plugin, 'spawn')
    await expect(pluginsEnded(id, 100)).rejects.toMatchObject({
      code: 104,
      message: expect.stringContaining(String(plugin.pid)),
    })
    await pluginsEnded(`${id}-other`, 0)
    const waiting = pluginsEnded(id, 10_000)
    plugin.kill()
    await waiting
    expect(plugin.killed).toBe(true)
  })
})
