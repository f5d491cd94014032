import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import type { Host } from './host.ts'

/** What containerd's CRI plugin says of itself. */
interface CriStatus {
  /** By condition: `RuntimeReady`, `NetworkReady`; the reason and message when it is false. */
  readonly conditions: Readonly<Record<string, { readonly status: boolean; readonly why: string }>>
  /** The networks that it has loaded, by name, with the interface that each gets. */
  readonly networks: readonly { readonly name: string; readonly ifname: string }[]
}

/** Debian's containerd on a host of the tests, with state of its own. */
export interface Containerd {
  readonly socket: string
  status(): Promise<CriStatus>
  stop(): Promise<void>
}

const config = (folder: string, plugins: string) => `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${folder}/sock"
[plugins."io.containerd.grpc.v1.cri"]
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plugins}"
    max_conf_num = 0
`

/** Starts containerd with the CNI folders of the host, all conf lists loaded, and waits until it answers. */
export async function startContainerd(host: Host, plugins: string): Promise<Containerd> {
  const folder = `${host.folder}/containerd`
  const script = `mkdir -p ${folder} && cat > ${folder}/config.toml
    containerd --config ${folder}/config.toml > ${folder}/log 2>&1 & echo $!`
  const started = await host.run(['sh', '-c', script], { input: config(folder, plugins) })
  const client = new Client(`unix:${folder}/sock`, credentials.createInsecure())
  return {
    socket: `${folder}/sock`,
    status: () => askStatus(client),
    stop: async () => {
      client.close()
      await host.run(['kill', started.stdout])
      while ((await host.run(['kill', '-0', started.stdout])).exitCode === 0) await sleep(20)
    },
  }
}

// runtime.v1.RuntimeService/Status of kubernetes/cri-api: StatusRequest { bool verbose = 1 }.
function askStatus(client: Client): Promise<CriStatus> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, status?: CriStatus) =>
      status === undefined ? reject(error) : resolve(status)
    client.waitForReady(Date.now() + 10_000, (late) => {
      if (late) return reject(late)
      const verbose = () => Buffer.from([0x08, 0x01])
      client.makeUnaryRequest('/runtime.v1.RuntimeService/Status', verbose, readStatus, {}, done)
    })
  })
}

// StatusResponse { RuntimeStatus status = 1; map<string, string> info = 2 }, and
// RuntimeStatus { repeated RuntimeCondition conditions = 1 } of { type = 1, status = 2, reason = 3, message = 4 }.
function readStatus(octets: Buffer): CriStatus {
  const fields = readFields(octets)
  const [status] = valuesOf(fields, 1)
  const conditions = valuesOf(readFields(status), 1).map((each) => {
    const [type, , reason, message] = [1, 2, 3, 4].map((key) => valuesOf(readFields(each), key)[0])
    const ready = readFields(each).some(({ key, number }) => key === 2 && number === 1)
    return [String(type), { status: ready, why: [reason, message].filter(Boolean).join(': ') }]
  })
  const info = valuesOf(fields, 2).map((entry) =>
    [1, 2].map((key) => String(valuesOf(readFields(entry), key)[0])),
  )
  const cni = JSON.parse(Object.fromEntries(info)['cniconfig']) as {
    Networks: { Config: { Name: string }; IFName: string }[]
  }
  const networks = cni.Networks.map(({ Config, IFName }) => ({ name: Config.Name, ifname: IFName }))
  return { conditions: Object.fromEntries(conditions), networks }
}

interface Field {
  readonly key: number
  /** Of a varint. */
  readonly number?: number
  /** Of what has a length: texts and messages. */
  readonly octets?: Buffer
}

/** The fields of a protocol buffers message, in order. Only varints and what has a length occur here. */
function readFields(octets: Buffer = Buffer.alloc(0)): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const octet = octets[at++] ?? 0
      value += (octet & 0x7f) * 2 ** shift
      if (octet < 0x80) return value
    }
  }
  while (at < octets.length) {
    const tag = varint()
    const number = varint()
    if (tag % 8 === 0) fields.push({ key: tag >> 3, number })
    else if (tag % 8 === 2) {
      fields.push({ key: tag >> 3, octets: octets.subarray(at, at + number) })
      at += number
    } else throw new Error(`wire type ${tag % 8} is not expected`)
  }
  return fields
}

function valuesOf(fields: readonly Field[], wanted: number): readonly Buffer[] {
  return fields.flatMap(({ key, octets }) => (key === wanted && octets ? [octets] : []))
}
