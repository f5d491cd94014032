import { existsSync } from 'node:fs'
import { textOf } from '@vethra/plugin-exec/programs'
import { openSockets } from './open-socket.ts'
import type { SocketOpener } from './socket-opener.ts'

/** In the executable the sockets are opened here, by system calls, and a process inherits them: that costs no time. */
export const openerInBun: SocketOpener = {
  open: openSockets,
  takesAtOnce: true,
  start(command, descriptors) {
    const child = Bun.spawn({
      cmd: [...withoutCapabilities(), ...command],
      stdio: ['ignore', 'pipe', 'ignore', ...descriptors],
      env: {},
      // The folder of now is the bundle, which somebody may want to unmount.
      cwd: '/',
      detached: true,
    })
    // Until then the process sleeps: bun asks again and again while it awaits what nothing keeps it alive for.
    const said = new Response(child.stdout).text().finally(() => child.unref())
    return { pid: child.pid, said }
  },
}

const setpriv = '/usr/bin/setpriv'
const none = ['bounding-set', 'inh-caps', 'ambient-caps'].map((each) => `--${each}=-all`)
/** CAP_SETPCAP, as a bit of the sets in proc_pid_status(5). */
const setCapabilities = 1n << 8n

// By a program of its own: a process of bun has threads before it runs any code, and each has a set of its own.
function withoutCapabilities(): readonly string[] {
  const effective = /^CapEff:\t(.*)$/m.exec(textOf('/proc/self/status'))?.[1] ?? '0'
  const may = (BigInt(`0x${effective}`) & setCapabilities) !== 0n
  return may && existsSync(setpriv) ? [setpriv, '--no-new-privs', ...none, '--'] : []
}
