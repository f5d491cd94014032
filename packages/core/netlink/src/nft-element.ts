import { formatRange, readAddress, readRange, toOctets } from '@vethra/address'
import { attribute, listAttributes, nested, payloadAt } from './attributes.ts'
import type { ReceivedMessage } from './messages.ts'
import { commentAttribute, commentOf } from './nft-comment.ts'
import type { ElementsOp, NftElement } from './nft-op.ts'
import {
  encodeValue,
  type NftType,
  type NftValue,
  type ValueReader,
  valueReader,
} from './nft-type.ts'
import { be32, hexText, join, type Octets, padded, view } from './octets.ts'

type Shape = Pick<ElementsOp, 'key' | 'data' | 'interval'>

/** The NFTA_LIST_ELEMs of each element: two where an interval set of one field has a start and an end. */
export function elementAttributes(
  shape: Shape,
  elements: readonly NftElement[],
): readonly (readonly Octets[])[] {
  // A container's ports have one comment.
  const comments = new Map<string | undefined, readonly Octets[]>()
  return elements.map((element) => {
    const { comment } = element
    const marks = comments.get(comment) ?? commentAttribute(6, comment)
    comments.set(comment, marks)
    return attributesOf(shape, element, marks)
  })
}

function attributesOf(
  shape: Shape,
  element: NftElement,
  marks: readonly Octets[],
): readonly Octets[] {
  const more = [
    ...(shape.data && element.data ? [value(2, encodeValue(shape.data, element.data))] : []),
    ...marks,
  ]
  if (!shape.interval) return [nested(1, [value(1, encodeValue(shape.key, element.key)), ...more])]
  const bounds = element.key.map((text, at) => boundsOf(shape.key[at] ?? 'ipv4_addr', text))
  const joined = (which: 'first' | 'last') => join(bounds.map((each) => padded(each[which])))
  if (bounds.length > 1) {
    // pipapo: one element, the last value inclusive.
    return [nested(1, [value(1, joined('first')), ...more, value(10, joined('last'))])]
  }
  const end = following(joined('last'))
  const ending = end && nested(1, [value(1, end), attribute(3, be32(1))])
  return [nested(1, [value(1, joined('first')), ...more]), ...(ending ? [ending] : [])]
}

// A prefix or a range of addresses; names by their beginning, `eth*`; any other value is itself.
function boundsOf(type: NftType, text: string): { readonly first: Octets; readonly last: Octets } {
  if (type === 'ipv4_addr' || type === 'ipv6_addr') {
    const range = readRange(text)
    if (range === undefined) throw new RangeError(`no range of addresses: ${text}`)
    return { first: toOctets(range.first), last: toOctets(range.last) }
  }
  const name = text.endsWith('*') ? text.slice(0, -1) : text
  const first = encodeValue([type], [name])
  const last = name === text ? first : first.map((octet, at) => (at < name.length ? octet : 0xff))
  return { first, last }
}

function value(type: number, octets: Octets): Octets {
  return nested(type, [attribute(1, octets)])
}

// rbtree: the address behind the last ends the interval; behind the last of all there is none.
function following(octets: Octets): Octets | undefined {
  const next = Uint8Array.from(octets)
  for (let at = next.length - 1; at >= 0; at -= 1) {
    next[at] = ((octets[at] ?? 0) + 1) & 0xff
    if (next[at] !== 0) return next
  }
  return undefined
}

/** An element that the kernel told of. */
export interface FoundElement {
  readonly key: NftValue
  readonly data?: NftValue
  /** Empty without one. */
  readonly comment: string
  /** Whether it is what ends an interval. */
  readonly ends: boolean
}

/** The elements of an NFT_MSG_NEWSETELEM message, in order; those of another shape are left out. */
export function decodeElements(
  { body }: ReceivedMessage,
  key: readonly NftType[],
  data?: readonly NftType[],
): readonly FoundElement[] {
  const list = listAttributes(payloadAt(body.subarray(4), [3]))
  const read = { key: valueReader(key), data: data && valueReader(data), types: key }
  return list.flatMap(({ payload }) => decodeElement(payload, read) ?? [])
}

/** How the parts of a set's elements are read. */
interface Readers {
  readonly key: ValueReader
  readonly data?: ValueReader | undefined
  /** Those of the key. */
  readonly types: readonly NftType[]
}

// A host has an element for each published port: the attributes are gone through once.
function decodeElement(octets: Octets, { key, data, types }: Readers): FoundElement | undefined {
  let read: NftValue | undefined
  let last: NftValue | undefined
  let led: NftValue | undefined
  let comment = ''
  let isEnd = false
  for (const { type, payload } of listAttributes(octets)) {
    if (type === 1) read = key(onlyPayload(payload))
    else if (type === 2 && data) led = data(onlyPayload(payload))
    else if (type === 3) isEnd = endsInterval(payload)
    else if (type === 6) comment = commentOf(payload)
    else if (type === 10) last = key(onlyPayload(payload))
  }
  if (!read) return undefined
  const whole = last ? rangesOf(types, read, last) : read
  return { key: whole, ...(led ? { data: led } : {}), comment, ends: isEnd }
}

function rangesOf(types: readonly NftType[], first: NftValue, last: NftValue): NftValue {
  return first.map((text, at) => {
    const end = last[at] ?? text
    if (end === text) return text
    const [from, to] = [readRange(text)?.first, readRange(end)?.first]
    return types[at] === 'ifname' || !from || !to
      ? `${text}*`
      : formatRange({ first: from, last: to })
  })
}

// That of the one attribute which is nested in another.
function onlyPayload(octets: Octets): Octets {
  return listAttributes(octets)[0]?.payload ?? new Uint8Array()
}

/** The elements of NFT_MSG_NEWSETELEM messages, for `copy elements`: ascending, an interval's end before the next start. */
export function copiesOf(messages: readonly ReceivedMessage[]): readonly Octets[] {
  const elements = messages.flatMap(({ body }) => listAttributes(payloadAt(body.subarray(4), [3])))
  const keyed = elements.map(({ payload }) => ({
    payload,
    key: hexText(payloadAt(payload, [1, 1]) ?? new Uint8Array()),
    starts: endsInterval(payloadAt(payload, [3])) ? 0 : 1,
  }))
  return keyed
    .toSorted((one, other) =>
      one.key < other.key ? -1 : one.key > other.key ? 1 : one.starts - other.starts,
    )
    .map(({ payload }) => payload)
}

function endsInterval(flags: Octets | undefined): boolean {
  return flags?.length === 4 && (view(flags).getUint32(0) & 1) === 1
}

/** The prefixes of an interval set of one address, from the messages of its dump: ascending, an interval that is no prefix left out. */
export function decodePrefixes(
  messages: readonly ReceivedMessage[],
  type: NftType,
): readonly { readonly prefix: string; readonly comment: string }[] {
  const key = valueReader([type])
  const bounds = copiesOf(messages).flatMap(
    (octets) => decodeElement(octets, { key, types: [type] }) ?? [],
  )
  return bounds.flatMap(({ key: [first = ''], comment, ends: isEnd }, at) => {
    if (isEnd) return []
    const bits = first.includes(':') ? 128 : 32
    const next = bounds[at + 1]?.ends ? numberOf(bounds[at + 1]?.key[0]) : 1n << BigInt(bits)
    const size = next - numberOf(first)
    const host = size.toString(2).length - 1
    return size === 1n << BigInt(host) ? [{ prefix: `${first}/${bits - host}`, comment }] : []
  })
}

function numberOf(address = ''): bigint {
  return readAddress(address)?.value ?? 0n
}
