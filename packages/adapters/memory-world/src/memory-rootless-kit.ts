import { type CniError, ioError } from '@vethra/cni'
import type { NumberedPort, RootlessInfo } from '@vethra/container'
import type { RootlessKit } from '@vethra/world'

/** Options of `memoryRootlessKit`. */
export interface MemoryRootlessKitOptions {
  /** Default: slirp4netns with the builtin port driver. */
  readonly info?: Partial<RootlessInfo>
}

/** A RootlessKit that forwards nothing, and refuses what a real one refuses. */
export function memoryRootlessKit(options: MemoryRootlessKitOptions = {}): RootlessKit {
  const info = { ...usual, ...options.info }
  let [forwarded, last]: [readonly NumberedPort[], number] = [[], 0]
  return {
    info: async () => info,
    ports: async () => forwarded,
    async forward(port) {
      if (info.portDriver !== 'explicit') throw refused('no PortDriver is available')
      if (!info.protos.includes(port.proto)) throw refused(`unknown proto ${port.proto}`)
      if (port.parentPort < 1024) throw refused(`cannot expose privileged port ${port.parentPort}`)
      const isTaken = forwarded.some(
        ({ proto, parentIP, parentPort }) =>
          proto === port.proto && parentIP === port.parentIP && parentPort === port.parentPort,
      )
      if (isTaken) throw refused(`conflict with ${port.parentPort}`)
      last += 1
      forwarded = [...forwarded, { ...port, id: last }]
      return last
    },
    async stopForwarding(id) {
      forwarded = forwarded.filter((each) => each.id !== id)
    },
  }
}

const usual: RootlessInfo = {
  networkDriver: 'slirp4netns',
  dns: ['10.0.2.3'],
  childIP: '10.0.2.100',
  portDriver: 'explicit',
  protos: ['tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6'],
  avoidsLoopback: false,
}

function refused(details: string): CniError {
  return ioError('request /v1/ports refused by RootlessKit', { details })
}
