import { connect } from 'node:net'

/** What came of many hostile requests. */
export interface Onslaught {
  readonly sent: number
  /** By status; `none` for those whose connection ended without an answer, as it may where the request was cut short. */
  readonly statuses: Readonly<Record<string, number>>
  /** Whatever is not as it must be. */
  readonly faults: readonly string[]
}

/**
 * Sends hostile requests of every kind over many connections at once, the same ones for the same seed.
 * Each failure must be a whole problem (RFC 9457), and none may take long.
 */
export async function beHostile(
  socket: string,
  { count, connections, seed }: { count: number; connections: number; seed: number },
): Promise<Onslaught> {
  const statuses: Record<string, number> = {}
  const faults: string[] = []
  let sent = 0
  const worker = async () => {
    while (sent < count) {
      sent += 1
      const { name, bytes, cut } = hostileRequest(randomFrom(seed + sent))
      const answer = await exchange(socket, bytes, cut)
      const [status = 'none', ...rest] = answer.statuses
      statuses[status] = (statuses[status] ?? 0) + 1
      faults.push(...faultsOf(name, { ...answer, cut }, [status, ...rest]))
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return { sent, statuses, faults }
}

interface Exchange {
  readonly text: string
  readonly statuses: readonly string[]
  readonly timedOut: boolean
}

function faultsOf(
  name: string,
  { text, timedOut, cut }: Exchange & { readonly cut: boolean },
  [status = 'none']: readonly string[],
): readonly string[] {
  if (timedOut) return [`${name}: no answer in time`]
  if (status === 'none') return cut ? [] : [`${name}: no answer`]
  if (status.startsWith('5')) return [`${name}: ${text}`]
  if (!status.startsWith('4')) return []
  const [head = '', body = ''] = text.split('\r\n\r\n')
  if (!/^content-type: application\/problem\+json/im.test(head)) return [`${name}: ${text}`]
  const json = /(\{.*\})/s.exec(body)?.[1]
  const { type, title, detail, ...problem } = JSON.parse(json ?? '{}') as Record<string, unknown>
  const whole = [type, title, detail].every((each) => typeof each === 'string' && each !== '')
  return whole && String(problem['status']) === status ? [] : [`${name}: ${text}`]
}

/** Sends octets on a connection of its own, and reads until it ends; `cut` hangs up at once. */
function exchange(socket: string, bytes: Buffer, cut: boolean): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const stream = connect(socket, () => {
      if (cut) stream.write(bytes, () => stream.destroySoon())
      else stream.write(bytes)
    })
    const end = (timedOut: boolean) => {
      clearTimeout(timer)
      stream.destroy()
      const text = Buffer.concat(chunks).toString('latin1')
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status = '']) => status)
      resolve({ text, statuses, timedOut })
    }
    const timer = setTimeout(() => end(true), 60_000)
    stream.on('data', (chunk) => {
      chunks.push(chunk)
      if (Buffer.concat(chunks).includes(': vethra events')) end(false)
    })
    stream.once('error', () => end(false))
    stream.once('close', () => end(false))
  })
}

/** One request, as the octets of it. */
interface Hostile {
  readonly name: string
  readonly bytes: Buffer
  /** Whether the connection ends before the request does. */
  readonly cut: boolean
}

type Random = () => number

function hostileRequest(random: Random): Hostile {
  const kinds = Object.entries(kindsOf)
  const [name, make] = kinds[Math.floor(random() * kinds.length)] ?? ['none', () => '']
  const made = make(random)
  return { name, bytes: Buffer.from(made), cut: name.startsWith('cut') }
}

const posts = [
  '/networks',
  '/networks/prune',
  '/networks/lan/connect',
  '/networks/lan/disconnect',
  '/repair',
]

const kindsOf: Readonly<Record<string, (random: Random) => string | Buffer>> = {
  'JSON of a wrong type': (random) => post(random, JSON.stringify(wrong(random, 0))),
  'an object with unknown keys': (random) =>
    post(random, JSON.stringify({ Name: 'x', Container: 'x', [word(random)]: wrong(random, 0) })),
  'JSON cut short': (random) => {
    const whole = JSON.stringify({ Name: word(random), Labels: wrong(random, 0), x: 1 })
    return post(random, whole.slice(0, 1 + Math.floor(random() * (whole.length - 2))))
  },
  'no JSON': (random) => post(random, noise(random, 200).toString('latin1')),
  'octets that are no UTF-8': (random) => post(random, noise(random, 500)),
  'JSON too deep': (random) => post(random, '['.repeat(100 + Math.floor(random() * 60_000))),
  'a key of every object': (random) =>
    post(random, '{"__proto__":{"x":1},"constructor":{"prototype":{}},"Name":"x"}'),
  'a number beyond all': (random) => post(random, `{"Name":1e${Math.floor(random() * 9999)}}`),
  'a body too large': (random) => post(random, 'x'.repeat(70_000 + Math.floor(random() * 400_000))),
  'another type of body': (random) => post(random, '<xml/>', 'text/xml'),
  'a type of body that is noise': (random) => post(random, '{}', printable(random, 60)),
  'no route': (random) => `GET /${encodeURIComponent(printable(random, 40))}/x HTTP/1.1\r\n${rest}`,
  'a path too long': (random) => `GET /networks/${'x'.repeat(5000 * random())} HTTP/1.1\r\n${rest}`,
  'a path that is encoded badly': () => `GET /networks/%ff%zz%00%2e%2e%2f HTTP/1.1\r\n${rest}`,
  'a path that leads up': () => `GET /containers/..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${rest}`,
  'a wrong method': (random) =>
    `${['PUT', 'PATCH', 'OPTIONS', 'DELETE'][Math.floor(random() * 4)]} /networks HTTP/1.1\r\n${rest}`,
  'a query that is wrong': (random) =>
    `GET /networks?namespace=${encodeURIComponent(printable(random, 30))}%2f HTTP/1.1\r\n${rest}`,
  'a host that is none': (random) =>
    `GET /networks HTTP/1.1\r\nhost: ${['', '[::1', 'a b', 'a:99999', '%00'][Math.floor(random() * 5)]}\r\nconnection: close\r\n\r\n`,
  'a target that is no path': (random) =>
    `OPTIONS ${['*', 'ftp://x/', 'http://[::1/', '/\\networks', 'http://h:99999/'][Math.floor(random() * 5)]} HTTP/1.1\r\n${rest}`,
  'no host': () => 'GET /networks HTTP/1.0\r\n\r\n',
  'many headers': (random) =>
    `GET /nowhere HTTP/1.1\r\n${Array.from({ length: 200 * random() }, (_, index) => `x-${index}: ${word(random)}\r\n`).join('')}${rest}`,
  'an id of events that is none': (random) =>
    `GET /events HTTP/1.1\r\nlast-event-id: ${word(random)}x\r\n${rest}`,
  'a reader of events that goes': () => `GET /events?after=0 HTTP/1.1\r\n${rest}`,
  'chunks of a wrong length': () =>
    `POST /networks HTTP/1.1\r\nhost: v\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  'no HTTP at all': (random) => Buffer.concat([noise(random, 100), Buffer.from('\r\n\r\n')]),
  'cut in its body': (random) =>
    `POST /networks HTTP/1.1\r\nhost: v\r\ncontent-type: application/json\r\ncontent-length: ${1000 + Math.floor(random() * 9000)}\r\n\r\n{"Name":"x`,
  'cut in its head': (random) => 'POST /networks HTTP/1.1\r\nhost'.slice(0, 1 + 29 * random()),
}

const rest = 'host: v\r\nconnection: close\r\n\r\n'

function post(random: Random, body: string | Buffer, type = 'application/json'): Buffer {
  const path = posts[Math.floor(random() * posts.length)]
  const octets = Buffer.from(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: v\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: ${octets.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), octets])
}

// Never an object that could be in order: a field of ours is always of another type.
function wrong(random: Random, depth: number): unknown {
  const leaves = [null, true, -1, 1.5, '', word(random), [], 2 ** 60]
  if (depth > 3 || random() < 0.4) return leaves[Math.floor(random() * leaves.length)]
  if (random() < 0.5) return Array.from({ length: 4 * random() }, () => wrong(random, depth + 1))
  const keys = ['Name', 'Container', 'Subnets', 'Labels', 'DryRun', word(random)]
  const entries = keys.filter(() => random() < 0.4).map((key) => [key, wrong(random, depth + 1)])
  return { ...Object.fromEntries(entries), unknown: 1 }
}

function word(random: Random): string {
  return `k${Math.floor(random() * 1e9).toString(36)}`
}

function printable(random: Random, length: number): string {
  const codes = Array.from({ length: 1 + length * random() }, () => 33 + 93 * random())
  return String.fromCharCode(...codes)
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length: 1 + length * random() }, () => 256 * random()))
}

// mulberry32
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
