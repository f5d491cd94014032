import { openSockets } from './open-socket.ts'
import type { Way } from './way.ts'

/** In the executable the sockets are opened here, by system calls, and a process inherits them: that costs no time. */
export const wayInBun: Way = {
  open: openSockets,
  takesAtOnce: true,
  start(command, descriptors) {
    const child = Bun.spawn({
      cmd: [...command],
      stdio: ['ignore', 'pipe', 'ignore', ...descriptors],
      env: {},
      // The folder of now is the bundle, which somebody may want to unmount.
      cwd: '/',
      detached: true,
    })
    child.unref()
    return { pid: child.pid, said: new Response(child.stdout).text() }
  },
}
