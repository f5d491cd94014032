import { parseConfFile } from '@vethra/conflist'
import type { Network } from './network.ts'

/** The modes that stand among networks in listings: a container's network may be the host's, or none. */
export const networkModes: readonly ['host', 'none'] = ['host', 'none']

/** A mode as a network, for `inspect`: nerdctl's stand-in, whose one plugin does not exist. Undefined for any other name. */
export function modeNetwork(name: string): Network | undefined {
  if (!networkModes.some((mode) => mode === name)) return undefined
  const text = JSON.stringify({ cniVersion: '1.0.0', name, plugins: [{ type: 'nerdctl-pseudo' }] })
  return { name, labels: {}, file: '', list: parseConfFile(text, name), managed: false }
}
