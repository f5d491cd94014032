import { orElse } from '@vethra/cni'
import { type DnsMessage, parseMessage, typeName, visibleTo } from '@vethra/dns'
import type { LineSink } from '@vethra/world'
import type { AskedNow, QuestionLog } from './hear.ts'

/** A line of the log of questions. */
export interface QuestionRow {
  /** RFC 3339. */
  readonly Time: string
  /** Empty for the host, and for what no container of ours has. */
  readonly ContainerID: string
  readonly Address: string
  readonly Network: string
  readonly Protocol: 'udp' | 'tcp'
  /** As it was asked: an octet outside of `!` to `~` is `\\DDD`. */
  readonly Name: string
  readonly Type: string
  /** `answer`: by what we know; `upstream`: by others; `drop`: not at all. */
  readonly Outcome: string
}

/** A log of questions as lines of JSON, for those who read it. */
export function questionLog(sink: LineSink, time: () => string): QuestionLog {
  return {
    isWanted: sink.isRead,
    write: (asked) => sink.write(JSON.stringify(rowOf(asked, time()))),
  }
}

function rowOf(
  { octets, asker, network, zone, isTcp, outcome }: AskedNow,
  Time: string,
): QuestionRow {
  const view = visibleTo(zone, { askerAddress: asker, network })
  const message: DnsMessage | undefined = orElse(() => parseMessage(octets), undefined)
  const [question] = message?.questions ?? []
  return {
    Time,
    ContainerID: view?.containerId ?? '',
    Address: asker,
    Network: network,
    Protocol: isTcp ? 'tcp' : 'udp',
    Name: question?.name ?? '',
    Type: question === undefined ? '' : typeName(question.type),
    Outcome: outcome,
  }
}
