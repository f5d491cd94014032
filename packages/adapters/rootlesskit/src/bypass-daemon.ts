import { goField, ioError, noProgramError, onCniError } from '@vethra/cni'
import type { BypassDaemon } from '@vethra/world'
import { messageOf } from './answers.ts'
import { ask } from './ask.ts'

const timeoutMs = 10_000

/** bypass4netnsd, by its API at a Unix socket: `$XDG_RUNTIME_DIR/bypass4netnsd.sock`. */
export function bypassDaemon(socketPath: string): BypassDaemon {
  return {
    async start(request) {
      const asked = { socketPath, method: 'POST', path: '/v1/bypass', timeoutMs, body: request }
      const answer = await ask(asked).catch((cause: unknown) => {
        throw noProgramError(
          `annotation nerdctl/bypass4netns needs bypass4netnsd, and none answers at ${socketPath}`,
          { hint: 'Start bypass4netnsd, or leave the annotation out.', cause },
        )
      })
      if (answer.status < 400) return
      throw ioError(`container ${goField(request, 'id')} refused by bypass4netnsd`, {
        details: messageOf(answer),
      })
    },
    async stop(id) {
      const path = `/v1/bypass/${encodeURIComponent(id)}`
      // Without the daemon nothing is bypassed; and it answers with an error for a container that it does not know.
      const asked = ask({ socketPath, method: 'DELETE', path, timeoutMs })
      await asked.catch(onCniError(() => undefined))
    },
  }
}
