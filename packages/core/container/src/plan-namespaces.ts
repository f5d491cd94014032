import { invalidFileError } from '@vethra/cni'
import type { Config, Namespace } from './config.ts'
import { type Edit, noneOfOurs, type OwnItems, oneOfOurs } from './edit.ts'
import type { BundleRecord } from './record.ts'

const path = ['linux', 'namespaces']

/** The edits for a network namespace: new (cni, none), the host's, or that at `netns`. Throws CniError 107 where the bundle joins another. */
export function planNetworkNamespace(
  config: Config,
  { mode, netns }: Pick<BundleRecord, 'mode' | 'netns'>,
  staysJoined: boolean,
): readonly Edit[] {
  const present = ofType(config, 'network')
  if (mode === 'host') return noneOfOurs(present, 'share the network namespace of the host')
  if (netns === undefined) return newNetworkNamespace(config, staysJoined)
  return oneOfOurs(present, { type: 'network', path: netns }, `join the network namespace ${netns}`)
}

/** The edits that give the container a UTS namespace of its own, without which runc refuses a hostname, or the host's. */
export function planUtsNamespace(config: Config, utsHost: boolean): readonly Edit[] {
  if (utsHost) return noneOfOurs(ofType(config, 'uts'), 'share the uts namespace of the host')
  return config.namespaces.some((each) => each.type === 'uts') ? [] : [added('uts')]
}

function newNetworkNamespace(config: Config, staysJoined: boolean): readonly Edit[] {
  const present = config.namespaces.filter((each) => each.type === 'network')
  const joined = present.find((each) => each.path)?.path
  if (joined && !staysJoined) {
    throw invalidFileError(
      `the bundle joins the network namespace ${JSON.stringify(joined.slice(0, 128))}`,
      'Remove "path" from the network namespace in config.json, or use --network ns:PATH.',
    )
  }
  return present.length > 0 ? [] : [added('network')]
}

function ofType(config: Config, type: string): OwnItems<Namespace> {
  return { path, items: config.namespaces, isOurs: (each) => each.type === type }
}

function added(type: string): Edit {
  return { kind: 'append', path, value: { type }, note: `add a new ${type} namespace` }
}
