import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serviceNotifier } from './index.ts'
import './inherited-sockets.test.ts'
import './notifier.test.ts'
import { receiveInBun } from '../test/receive-in-bun.ts'

const folder = mkdtempSync(join(tmpdir(), 'notify-'))

it.each([join(folder, 'notify'), `@vethra-test-${process.pid}`])(
  'what is told arrives at %s, a datagram each',
  async (socket) => {
    const receiver = receiveInBun(socket)
    const { tell } = serviceNotifier({ NOTIFY_SOCKET: socket }, process.pid)
    await tell('READY=1\nSTATUS=é')
    await tell('WATCHDOG=1')
    expect(receiver.take()).toEqual(['READY=1\nSTATUS=é', 'WATCHDOG=1'])
    receiver.close()
  },
)
