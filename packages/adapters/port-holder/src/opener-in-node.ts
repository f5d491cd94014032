import { spawn } from 'node:child_process'
import type { SocketOpener } from './socket-opener.ts'

/** Under Node the process opens the sockets itself: Node hands out no descriptors of its own. */
export const openerInNode: SocketOpener = {
  open: (sockets) => ({ sockets, descriptors: [] }),
  takesAtOnce: false,
  start([program = '', ...args]) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
      detached: true,
    })
    child.unref()
    const said = new Promise<string>((resolve) => {
      let text = ''
      child.stdout.on('data', (data) => {
        text += data
      })
      child.stdout.once('close', () => resolve(text))
      child.once('error', (error) => resolve(error.message))
    })
    return { pid: child.pid ?? 0, said }
  },
}
