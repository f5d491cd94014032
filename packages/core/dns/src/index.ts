/** DNS messages to values and back, and answers from what the asking container may see. Not for sockets, upstream, or sources of names. */
export { addressOctets } from './address-octets.ts'
export { ageAnswer, staleAnswer } from './age-answer.ts'
export { answerQuestion } from './answer-question.ts'
export { answerSeconds } from './answer-seconds.ts'
export type { AnswerOutcome, AskedQuestion } from './asked-question.ts'
export { changeZone, type ZoneChange } from './change-zone.ts'
export {
  checkUpstreamAnswer,
  type SpoofReason,
  type UpstreamAnswer,
  type UpstreamCheck,
} from './check-upstream-answer.ts'
export {
  type CachedAnswer,
  type DnsCache,
  type FoundAnswer,
  findAnswer,
  keepAnswer,
  makeDnsCache,
} from './dns-cache.ts'
export { formatMessage } from './format-message.ts'
export { loopProbe, loopToken } from './loop-probe.ts'
export { makeZone } from './make-zone.ts'
export {
  type DnsEdns,
  type DnsFlags,
  type DnsMessage,
  type DnsOption,
  type DnsQuestion,
  type DnsRecord,
  noFlags,
} from './message.ts'
export { dnsRcode, dnsType, typeName } from './numbers.ts'
export { parseMessage } from './parse-message.ts'
export { type RecordHead, recordAddress } from './records.ts'
export { keptAnswer, type RelayedAnswer, relayAnswer } from './relay-answer.ts'
export { type ExtendedError, formatReply, type Reply } from './reply.ts'
export { reverseName } from './reverse-name.ts'
export {
  cacheKey,
  type FormattedQuery,
  formatUpstreamQuery,
  type UpstreamQuery,
} from './upstream-query.ts'
export { visibleTo, type ZoneAsker } from './visible-to.ts'
export type {
  AnswerForm,
  Holder,
  Member,
  NetworkNames,
  PreparedAnswer,
  PreparedAnswers,
  PreparedBody,
  View,
  Zone,
} from './zone.ts'
export type {
  ZoneContainer,
  ZoneInput,
  ZoneMembership,
  ZoneNetwork,
  ZonePort,
} from './zone-input.ts'
