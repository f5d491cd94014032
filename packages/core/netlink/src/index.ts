/** rtnetlink and nf_tables messages to values and back: octets to send, octets received. Not for sockets or namespaces. */
export { type Answers, endsAnswer, type Refusal, sortAnswers } from './answers.ts'
export * from './ask-nft.ts'
export { decodeFlow, dumpUdpFlows, type FoundFlow, forgetFlow } from './conntrack.ts'
export { informMessage, leasedResolvers } from './dhcp-inform.ts'
export { encodeNftBatch, refusedElement } from './encode-nft-op.ts'
export { addressOctets, encodeRouteDump, encodeRouteOps } from './encode-route-op.ts'
export { explainErrno } from './errno.ts'
export * from './links.ts'
export * from './messages.ts'
export { hookNumbers } from './nft-attributes.ts'
export { copiesOf, decodeElements, decodePrefixes, type FoundElement } from './nft-element.ts'
export {
  hostNumber,
  type NftConntrack,
  type NftExpression,
  type NftPayload,
  type NftVerdict,
} from './nft-expression.ts'
export type { NewChain, NewSet, NftElement, NftOp, NftTable } from './nft-op.ts'
export * from './nft-rule.ts'
export { addressText, type NftType, prefixBounds } from './nft-type.ts'
export type { RouteOp } from './route-op.ts'
export { decodeShaping, dumpClasses, dumpClassFilters } from './shaping.ts'
export {
  askQdisc,
  decodeLimit,
  decodeRedirect,
  dumpIngressFilters,
  type FoundLimit,
} from './traffic-control.ts'
