import type { PlainRequest } from './read-request.ts'
import type { PreparedAnswer } from './zone.ts'

/** The largest UDP message that is sent, in octets: one that no link cuts (DNS flag day 2020). */
export const largestUdp = 1232

interface WantedAnswer {
  readonly isTcp: boolean
  /** A number that grows from answer to answer: by it, equals take turns at being first. */
  readonly rotation: number
}

/** How many octets an answer may have. */
export function answerLimit(
  isTcp: boolean,
  edns: { readonly udpSize: number } | undefined,
): number {
  if (isTcp) return 65535
  return edns ? Math.min(Math.max(edns.udpSize, 512), largestUdp) : 512
}

/** The answer to a plain request: its own header and question, what was prepared behind them, and EDNS when it has it. */
export function assembleAnswer(
  { octets, end, edns }: PlainRequest,
  prepared: PreparedAnswer,
  wanted: WantedAnswer,
): Uint8Array {
  const fit = fitBody(prepared, answerLimit(wanted.isTcp, edns) - end - (edns ? 11 : 0))
  const answer = new Uint8Array(end + fit.length + (edns ? 11 : 0))
  answer.set(end === octets.length ? octets : octets.subarray(0, end))
  writeBody(answer.subarray(end), prepared, { length: fit.length, rotation: wanted.rotation })
  writeHeader(answer, fit, { rcode: prepared.form.rcode, opts: edns ? 1 : 0 })
  if (edns) writeOpt(answer, end + fit.length, edns.dnssecOk)
  return answer
}

interface Fit {
  readonly length: number
  readonly counts: readonly [number, number, number]
  readonly isCut: boolean
}

// Additionals are left out unseen (RFC 2181, section 9); of answers, whole records are kept.
function fitBody(prepared: PreparedAnswer, room: number): Fit {
  const { body } = prepared
  const { counts, authoritiesEnd, runs } = prepared.form
  if (body.length <= room) return { length: body.length, counts, isCut: false }
  const [answers, authorities] = counts
  if (authoritiesEnd <= room)
    return { length: authoritiesEnd, counts: [answers, authorities, 0], isCut: false }
  let length = 0
  let count = 0
  for (const run of runs) {
    const taken = Math.min(run.count, Math.floor(Math.max(room - length, 0) / run.size))
    length += taken * run.size
    count += taken
    if (taken < run.count) break
  }
  return { length, counts: [count, 0, 0], isCut: true }
}

function writeBody(
  target: Uint8Array,
  { body, form: { runs } }: PreparedAnswer,
  { length, rotation }: { length: number; rotation: number },
): void {
  target.set(length < body.length ? body.subarray(0, length) : body)
  let at = 0
  for (const { count, size } of runs) {
    const end = at + count * size
    const turn = (rotation % count) * size
    if (count > 1) writeTurned(target, body.subarray(at, end), { at, turn, length })
    at = end
    if (at >= length) return
  }
}

// A run from one of its records on, then those before it, as much of it as the answer has room for.
function writeTurned(
  target: Uint8Array,
  run: Uint8Array,
  { at, turn, length }: { at: number; turn: number; length: number },
): void {
  const room = Math.min(run.length, length - at)
  const front = run.subarray(turn, Math.min(run.length, turn + room))
  target.set(front, at)
  target.set(run.subarray(0, room - front.length), at + front.length)
}

function writeHeader(
  answer: Uint8Array,
  { counts: [answers, authorities, additionals], isCut }: Fit,
  { rcode, opts }: { readonly rcode: number; readonly opts: number },
): void {
  answer[2] = 0x84 | (isCut ? 2 : 0) | ((answer[2] ?? 0) & 1)
  answer[3] = 0x80 | ((answer[3] ?? 0) & 0x10) | rcode
  write16(answer, 6, answers)
  write16(answer, 8, authorities)
  write16(answer, 10, additionals + opts)
}

/** Writes the OPT record of an answer of ours: 11 octets, of which those that are 0 are left as they are. */
export function writeOpt(answer: Uint8Array, at: number, dnssecOk: boolean): void {
  answer[at + 2] = 41
  write16(answer, at + 3, largestUdp)
  answer[at + 7] = dnssecOk ? 0x80 : 0
}

function write16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8
  octets[at + 1] = value
}
