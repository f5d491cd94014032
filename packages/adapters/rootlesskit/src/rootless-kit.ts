import { type CniError, ioError, type Json, present } from '@vethra/cni'
import { readForwardedPort, readForwardedPorts, readRootlessInfo } from '@vethra/container'
import { faultPoint } from '@vethra/files'
import type { RootlessKit } from '@vethra/world'
import { messageOf, parsed } from './answers.ts'
import { type Answer, askPatiently } from './ask.ts'

/** Options of `rootlessKit`. */
export interface RootlessKitOptions {
  /** The state folder of RootlessKit: `$ROOTLESSKIT_STATE_DIR`. */
  readonly stateDir: string
  /** How long one answer may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
}

/** RootlessKit by its API. Nothing is asked before a method is called. */
export function rootlessKit({ stateDir, timeoutMs = 10_000 }: RootlessKitOptions): RootlessKit {
  const socketPath = `${stateDir}/api.sock`
  const call = (method: string, path: string, body?: Json) =>
    askPatiently({ socketPath, method, path, timeoutMs, ...present({ body }) })
  const info = async () => {
    const path = '/v1/info'
    return readRootlessInfo(parsed(path, demandDone(path, await call('GET', path))))
  }
  return {
    info,
    async ports() {
      const path = '/v1/ports'
      const answer = await call('GET', path)
      // Without a port driver it has no list, and says so as an error.
      if (answer.status >= 400 && (await info()).portDriver !== 'explicit') return []
      return readForwardedPorts(parsed(path, demandDone(path, answer)))
    },
    async forward(port) {
      const path = '/v1/ports'
      const { childIP, ...spec } = port
      const body = childIP === '' ? spec : { ...spec, childIP }
      faultPoint('process', 'RootlessKit, to forward a port')
      const answer = demandDone(path, await call('POST', path, body))
      faultPoint('process', 'RootlessKit, which forwards a port')
      return readForwardedPort(parsed(path, answer)).id
    },
    async stopForwarding(id) {
      faultPoint('process', 'RootlessKit, to forward a port no more')
      const answer = await call('DELETE', `/v1/ports/${id}`)
      if (answer.status < 400) return
      // It answers 400 or 500 for a number that it does not know, too.
      const left = readForwardedPorts(
        parsed('/v1/ports', demandDone('/v1/ports', await call('GET', '/v1/ports'))),
      )
      if (left.some((each) => each.id === id)) throw refused(`/v1/ports/${id}`, answer)
    },
  }
}

function demandDone(path: string, answer: Answer): Answer {
  if (answer.status < 400) return answer
  throw refused(path, answer)
}

function refused(path: string, answer: Answer): CniError {
  return ioError(`request ${path} refused by RootlessKit`, { details: messageOf(answer) })
}
