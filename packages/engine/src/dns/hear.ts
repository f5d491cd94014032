import {
  type AskedQuestion,
  answerQuestion,
  type DnsMessage,
  loopToken,
  visibleTo,
  type Zone,
} from '@vethra/dns'
import type { DnsQuery, DnsReply } from '@vethra/world'
import type { Forwarder } from './forwarder.ts'

/** A network whose bridge is listened on. */
export interface HeardPlace {
  readonly network: string
  /** One of each containerd namespace that has the network, that of the settings first. */
  readonly zones: readonly Zone[]
}

/** Gets questions, while somebody wants them. */
export interface QuestionLog {
  isWanted(): boolean
  write(question: AskedNow): void
}

/** A question that was just asked. */
export interface AskedNow {
  readonly octets: Uint8Array
  readonly asker: string
  readonly network: string
  readonly zone: Zone
  readonly isTcp: boolean
  readonly outcome: 'answer' | 'upstream' | 'drop'
}

interface HearTools {
  /** The network of an address that is listened on. */
  readonly placeAt: (address: string) => HeardPlace | undefined
  /** The upstream of an asker, in its order. */
  readonly serversOf: (asker: string, network: string) => readonly string[]
  readonly forwarder: Pick<Forwarder, 'forward'>
  /** Whether a client may ask now. */
  readonly admits: (asker: string, isBehind: boolean) => boolean
  /** Called with each question while `isLogged`. */
  readonly log: QuestionLog
  /** Called with the token of a probe that has come back. */
  readonly onLoop: (token: string) => void
}

/** The function that answers what comes in: names of ours at once, others when upstream has. */
export function hearer(tools: HearTools): (query: DnsQuery) => DnsReply | Promise<DnsReply> {
  const { log } = tools
  let rotation = 0
  return ({ octets, asker, at, isTcp, isBehind }) => {
    if (!tools.admits(asker, isBehind)) return undefined
    const place = tools.placeAt(at)
    const zone = place && zoneOf(place, asker)
    if (place === undefined || zone === undefined) return undefined
    rotation = (rotation + 1) >>> 0
    const { network } = place
    const asked: AskedQuestion = { octets, zone, askerAddress: asker, network, isTcp, rotation }
    const outcome = answerQuestion(asked)
    if (log.isWanted()) log.write({ octets, asker, network, zone, isTcp, outcome: outcome.kind })
    if (outcome.kind === 'answer') return outcome.octets
    if (outcome.kind === 'drop') return undefined
    const { message } = outcome
    if (isOurProbe(tools, message)) return undefined
    return tools.forwarder.forward({
      message,
      isTcp,
      asker,
      servers: tools.serversOf(asker, network),
    })
  }
}

// A network that several containerd namespaces share has its names in each apart, as hosts files have them.
function zoneOf({ zones, network }: HeardPlace, askerAddress: string): Zone | undefined {
  if (zones.length < 2) return zones[0]
  const isOf = (zone: Zone) => visibleTo(zone, { askerAddress, network })?.containerId !== undefined
  return zones.find(isOf) ?? zones[0]
}

function isOurProbe({ onLoop }: HearTools, message: DnsMessage): boolean {
  const token = loopToken(message)
  if (token === undefined) return false
  onLoop(token)
  return true
}
