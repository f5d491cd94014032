import type { JsonObject, SpecVersion } from '@vethra/cni'
import type { CachedAttachment, Files, RuleSets, StageWorld, World } from '@vethra/world'
import type { Call } from './request.ts'

/** A call whose version was checked. */
export interface Request extends Call {
  readonly cniVersion: SpecVersion
}

/** The operations of a plugin; each throws the CniError to print. */
export interface Plugin {
  /** Returns the result, in the version of the request. */
  readonly add: (request: Request) => Promise<JsonObject>
  readonly del: (request: Request) => Promise<void>
  readonly check: (request: Request) => Promise<void>
  readonly gc: (request: Request) => Promise<void>
  readonly status: (request: Request) => Promise<void>
}

/** The ports of the plugins. */
export interface PluginWorld extends Pick<World, 'ipam'> {
  /** The attachments in libcni's result cache. */
  cached(): Promise<readonly CachedAttachment[]>
  /** The ports of plugins that change links and rules, given the folders of `CNI_PATH`. */
  host(path: readonly string[]): Promise<PluginHost>
}

/** The host of a plugin that changes links and rules. */
export interface PluginHost extends StageWorld {
  /** Rules of iptables, which the Go plugins make. */
  readonly rules: () => Promise<RuleSets>
  /** Throws CniError 8 unless the path is a network namespace. */
  readonly checkNetns: World['checkNetns']
  /** Whether table `filter` or `nat` of iptables has one of these chains. */
  readonly hasChain: (table: 'filter' | 'nat', chains: readonly string[]) => Promise<boolean>
  /** Whether the IPAM plugin of this name is a program on `CNI_PATH` that is not this one. */
  readonly isProgram: (type: string) => boolean
  readonly files: Pick<Files, 'read' | 'write' | 'makeFolder' | 'remove'>
}
