import { decodeName, encodeName } from './address-name.ts'

/** The octets of a hash table, in a file or in memory. An entry says which file may hold a key; the file has the last word. */
export interface Cells {
  readonly read: (position: number, length: number) => Buffer
  readonly write: (position: number, octets: Buffer) => void
}

/** The state of the folder when the table was right. */
interface Stamp {
  readonly mtimeNs: bigint
  readonly inode: bigint
}

const magic = 0x31584956
const headerSize = 32
const slotSize = 32
const slotsAtOnce = 64
const empty = 0
const gone = 1

/** A table with room for so many entries and some more. It has no stamp yet. */
export function emptyTable(count: number): Buffer {
  const capacity = 2 ** Math.ceil(Math.log2(2 * (count + 64)))
  const table = Buffer.alloc(headerSize + capacity * slotSize)
  table.writeUInt32LE(magic, 0)
  table.writeUInt32LE(capacity, 4)
  return table
}

/** Adds an entry to a table in memory that has room for it. The key is the octets of a text. */
export function fillTable(table: Buffer, key: Buffer, name: string): void {
  const mask = table.readUInt32LE(4) - 1
  const mark = hash(key)
  let slot = mark[1] & mask
  while (table[headerSize + slot * slotSize + 8] !== empty) slot = (slot + 1) & mask
  const start = headerSize + slot * slotSize
  fillSlot(table.subarray(start, start + slotSize), mark, name)
  table.writeUInt32LE(table.readUInt32LE(8) + 1, 8)
}

/** The stamp of a table; undefined when the octets are no table, or one that was never finished. */
export function readStamp(cells: Cells): Stamp | undefined {
  const header = cells.read(0, headerSize)
  if (header.length < headerSize || header.readUInt32LE(0) !== magic) return undefined
  const capacity = header.readUInt32LE(4)
  const whole = cells.read(headerSize + capacity * slotSize - 1, 1).length === 1
  if (capacity === 0 || (capacity & (capacity - 1)) !== 0 || !whole) return undefined
  return { mtimeNs: header.readBigUInt64LE(16), inode: header.readBigUInt64LE(24) }
}

/** Says of a table that it is right for what the stamp describes. */
export function writeStamp(cells: Cells, { mtimeNs, inode }: Stamp): void {
  const octets = Buffer.alloc(16)
  octets.writeBigUInt64LE(mtimeNs, 0)
  octets.writeBigUInt64LE(inode, 8)
  cells.write(16, octets)
}

/** The names of the files that may hold a text. */
export function findNames(cells: Cells, text: string): readonly string[] {
  const found: string[] = []
  eachSlot(cells, hash(Buffer.from(text)), (slot) => {
    if (slot.matches) found.push(decodeName(slot.name))
    return false
  })
  return found
}

/** Adds an entry; false when the table is too full for it. */
export function addName(cells: Cells, text: string, name: string): boolean {
  const header = cells.read(0, headerSize)
  const capacity = header.readUInt32LE(4)
  const used = header.readUInt32LE(8)
  const mark = hash(Buffer.from(text))
  let place: Slot | undefined
  const last = eachSlot(cells, mark, (slot) => {
    if (slot.state === gone) place = slot
    return slot.state === gone
  })
  place ??= last
  if (place === undefined) return false
  if (place.state === empty) {
    if (used + 1 > capacity * 0.7) return false
    const count = Buffer.alloc(4)
    count.writeUInt32LE(used + 1, 0)
    cells.write(8, count)
  }
  const slot = Buffer.alloc(slotSize)
  fillSlot(slot, mark, name)
  cells.write(place.position, slot)
  return true
}

/** Takes an entry out. None is fine. */
export function removeName(cells: Cells, text: string, name: string): void {
  eachSlot(cells, hash(Buffer.from(text)), (slot) => {
    if (!slot.matches || decodeName(slot.name) !== name) return false
    cells.write(slot.position + 8, Buffer.from([gone]))
    return true
  })
}

interface Slot {
  readonly position: number
  readonly state: number
  readonly matches: boolean
  readonly name: Buffer
}

/** Visits the slots where a key can be, until `visit` says that it is enough. Returns the empty one at their end, where it is reached. */
function eachSlot(
  cells: Cells,
  [high, low]: Hash,
  visit: (slot: Slot) => boolean,
): Slot | undefined {
  const capacity = cells.read(0, headerSize).readUInt32LE(4)
  let index = low & (capacity - 1)
  for (let seen = 0; seen < capacity; ) {
    const count = Math.min(slotsAtOnce, capacity - index)
    const start = headerSize + index * slotSize
    const block = cells.read(start, count * slotSize)
    for (let at = 0; at < block.length; at += slotSize) {
      const state = block[at + 8] ?? empty
      const same = block.readUInt32LE(at) === high && block.readUInt32LE(at + 4) === low
      const name = block.subarray(at + 8, at + 25)
      const slot = { position: start + at, state, matches: state > gone && same, name }
      if (state === empty) return slot
      if (visit(slot)) return undefined
    }
    if (block.length < count * slotSize) return undefined
    seen += count
    index = (index + count) & (capacity - 1)
  }
  return undefined
}

function fillSlot(slot: Buffer, [high, low]: Hash, name: string): void {
  slot.writeUInt32LE(high, 0)
  slot.writeUInt32LE(low, 4)
  encodeName(name, slot, 8)
}

type Hash = readonly [high: number, low: number]

// Two rounds of murmur's mixing; who could make two keys meet gains nothing: the files decide.
function hash(key: Buffer): Hash {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < key.length; index += 1) {
    const code = key[index] ?? 0
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return [high >>> 0, low >>> 0]
}
