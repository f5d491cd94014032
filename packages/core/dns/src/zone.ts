import type { Prefix } from '@vethra/address'
import { addressOctets } from './address-octets.ts'
import { canBeName } from './name-octets.ts'
import type { ZoneContainer, ZoneNetwork } from './zone-input.ts'

/** Names and addresses of a host's containers. Keeps views and answers, in bounds; `changeZone` alone changes it. */
export interface Zone {
  readonly serial: number
  readonly networks: ReadonlyMap<string, NetworkNames>
  /** By id. */
  readonly containers: Map<string, ZoneContainer>
  /** By `addressKey`; several where networks have the same addresses, or containers of a network claim one: who has it first. */
  readonly members: Map<string | number, readonly Member[]>
  /** By the network that was asked, empty where none is named, and the address that asked. */
  readonly views: Map<string, Map<string, View>>
  /** By their networks. */
  readonly sharedViews: Map<string, View>
  readonly prepared: PreparedAnswers
}

/** The names of a network. */
export interface NetworkNames {
  /** As it was given. */
  readonly network: ZoneNetwork
  readonly name: string
  readonly isInternal: boolean
  readonly prefixes: readonly Prefix[]
  /** Ends that a name of it may have, each with its dot: `.lan`. */
  readonly suffixes: readonly string[]
  /** By a name, an id, its first 12 digits or an alias. One list may be that of many names. */
  readonly holders: Map<string, readonly Member[]>
  /** By a hostname that is none of these. */
  readonly hostnames: Map<string, readonly Member[]>
}

/** A container that bears a name. */
export interface Holder {
  readonly member: Member
  /** Whether it is its hostname alone: names, ids and aliases come before it. */
  readonly isHostname: boolean
}

/** A container in a network. */
export interface Member {
  readonly container: ZoneContainer
  readonly network: string
}

/** The part of a zone that one asker may see. */
export interface View {
  /** Its number within its zone. */
  readonly number: number
  /** The asker's networks: that of the address which asks is the first. */
  readonly networks: readonly NetworkNames[]
  /** Names that hold for this asker alone, and come before all others; addresses of 4 or 16 octets. */
  readonly own: ReadonlyMap<string, readonly Uint8Array[]>
  /** Whether what is not ours may be asked upstream: not from internal networks alone, nor by the resolver of one. */
  readonly mayAskUpstream: boolean
  /** The asking container's id; absent for the host, and for an address that no container of ours has. */
  readonly containerId?: string
}

/** Answers that were asked for before. */
export interface PreparedAnswers {
  /** By hash of view and question. */
  readonly entries: Map<number, PreparedAnswer>
  /** Those without an answer that are the same for all questions, by a name of their own. */
  readonly negatives: Map<string, PreparedBody>
  /** Those of one record, by its size: tens of thousands of answers share them. */
  readonly singles: Map<number, AnswerForm>
  /** How many octets the entries' bodies have. */
  octets: number
}

/** The answer to a question in a view. */
export interface PreparedAnswer extends PreparedBody {
  /** The number of its view. */
  readonly view: number
  /** The octets of its question, the name in lower case. */
  readonly key: Uint8Array
}

/** An answer as octets that lack the header, the question and EDNS. */
export interface PreparedBody {
  readonly body: Uint8Array
  readonly form: AnswerForm
}

/** The parts of an answer. */
export interface AnswerForm {
  readonly rcode: number
  /** How many answers, authorities and additionals there are. */
  readonly counts: readonly [number, number, number]
  /** Where authorities, or answers without any, end in `body`. */
  readonly authoritiesEnd: number
  /** The answers in their order: runs of records of one size, whose order turns from question to question. */
  readonly runs: readonly { readonly count: number; readonly size: number }[]
}

/** The target of a member's PTR and SRV records, by its name or else by its id: `web.lan`; empty when DNS cannot carry it. */
export function fullNameOf({ container: { name, id }, network }: Member): string {
  const names = [name, id.slice(0, 12)].filter((each) => each !== '')
  const full = names.map((each) => `${each}.${network}`.toLowerCase())
  return full.find(canBeName) ?? ''
}

/** The addresses of a container in a network, of 4 or 16 octets each: computed, since tens of thousands are seldom asked for. */
export function memberOctets({ container, network }: Member): readonly Uint8Array[] {
  const { addresses = [] } = container.networks[network] ?? {}
  return addresses.flatMap((each) => addressOctets(each) ?? [])
}
