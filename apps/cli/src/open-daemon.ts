import type { Client } from '@vethra/client'
import type { Call } from './call.ts'

/** The daemon of the settings, and the containerd namespace that is asked for. */
export interface Daemon extends Client {
  readonly namespace: string
}

/** The daemon at the socket of the settings; nothing is asked yet. Throws CniError 103 for settings that are wrong. */
export async function openDaemon({ flags, here }: Call): Promise<Daemon> {
  const { settings } = await here.settings(flags)
  const { openClient } = await import('@vethra/client')
  return { namespace: settings.namespace, ...openClient({ socket: settings.socket }) }
}
