/** A field of a protocol buffers message: a varint, or what has a length (texts and messages). */
export interface Field {
  readonly key: number
  /** The value of a varint field. */
  readonly number?: number
  /** The octets of a length-delimited field: a text or a message. */
  readonly octets?: Buffer
}

/** A message to send: by the number of its field a text, a number, a message, or several of these. */
export interface Message {
  readonly [key: number]: Value | readonly Value[]
}

type Value = string | number | Buffer

/** The octets of a message. */
export function encode(message: Message): Buffer {
  const fields = Object.entries(message).flatMap(([key, value]) =>
    (Array.isArray(value) ? (value as readonly Value[]) : [value as Value]).map((each) =>
      encodeField(Number(key), each),
    ),
  )
  return Buffer.concat(fields)
}

/** A map<string, string>, as its field's values. */
export function mapEntries(map: Readonly<Record<string, string>>): readonly Buffer[] {
  return Object.entries(map).map(([key, value]) => encode({ 1: key, 2: value }))
}

function encodeField(key: number, value: Value): Buffer {
  if (typeof value === 'number') return Buffer.from([...varint(key * 8), ...varint(value)])
  const octets = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([...varint(key * 8 + 2), ...varint(octets.length)]), octets])
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))]
}

/** The fields of a message, in order. Only varints and what has a length occur here. */
export function readFields(octets: Buffer = Buffer.alloc(0)): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const octet = octets[at++] ?? 0
      value += (octet & 0x7f) * 2 ** shift
      if (octet < 0x80) return value
    }
  }
  while (at < octets.length) {
    const tag = number()
    const value = number()
    if (tag % 8 === 0) fields.push({ key: tag >> 3, number: value })
    else if (tag % 8 === 2) {
      fields.push({ key: tag >> 3, octets: octets.subarray(at, at + value) })
      at += value
    } else throw new Error(`wire type ${tag % 8} is not expected`)
  }
  return fields
}

/** The values of one field that have a length, in order. */
export function valuesOf(fields: readonly Field[], wanted: number): readonly Buffer[] {
  return fields.flatMap(({ key, octets }) => (key === wanted && octets ? [octets] : []))
}

/** A text within messages: by the numbers of the fields that lead to it; empty where one is missing. */
export function textAt(octets: Buffer, ...path: readonly number[]): string {
  const [key, ...rest] = path
  if (key === undefined) return String(octets)
  const [inner] = valuesOf(readFields(octets), key)
  return inner === undefined ? '' : textAt(inner, ...rest)
}
