import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import type { Host } from './host.ts'
import { encode, type Message, readFields, valuesOf } from './protobuf.ts'

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
  /** Calls a method of runtime.v1.RuntimeService; the octets of what it answers. */
  call(method: string, message: Message): Promise<Buffer>
  /** Ends it by a signal, and waits until it is gone. */
  stop(signal?: 'TERM' | 'KILL'): Promise<void>
}

/** Options of `startContainerd`. */
export interface ContainerdOptions {
  /** The folder below the host's that its state is in. Default: `containerd`. */
  readonly folder?: string
  /** The image of pods' first container. */
  readonly pauseImage?: string
  /** How many conf lists pods are attached to: 0 for all, the default. */
  readonly networks?: number
}

// The runtime of the page, which is to leave containerd's own as it is.
const page = await readFile(new URL('../docs/runtimes.md', import.meta.url), 'utf8')
const [, runtimes] = /```toml\n(\[plugins\."io\.containerd[^`]*BinaryName[^`]*)```/.exec(page) ?? []

const config = (folder: string, plugins: string, options: ContainerdOptions) => `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${folder}/sock"
[plugins."io.containerd.grpc.v1.cri"]
  disable_apparmor = true
  restrict_oom_score_adj = true
  sandbox_image = "${options.pauseImage ?? 'none'}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plugins}"
    max_conf_num = ${options.networks ?? 0}
${runtimes ?? 'not on the page'}`

// A folder with containerd and its shim: any of 1.6 to 2.x in the place of Debian's.
const programs = process.env['VETHRA_CONTAINERD'] ?? '/usr/bin'

/** Starts containerd with the CNI folders of the host, all conf lists loaded, and waits until it answers. */
export async function startContainerd(
  host: Host,
  plugins: string,
  options: ContainerdOptions = {},
): Promise<Containerd> {
  const folder = `${host.folder}/${options.folder ?? 'containerd'}`
  const script = `mkdir -p ${folder} && cat > ${folder}/config.toml
    PATH=${programs}:$PATH containerd --config ${folder}/config.toml >> ${folder}/log 2>&1 & echo $!`
  const input = config(folder, plugins, options)
  const started = await host.run(['sh', '-c', script], { input })
  // Before the first try, since gRPC waits a second for the next.
  while (!(await isListening(`${folder}/sock`))) await sleep(20)
  const client = new Client(`unix:${folder}/sock`, credentials.createInsecure())
  const call = (method: string, message: Message) => callMethod(client, method, message)
  // Its CRI plugin refuses all until it has read what was there before.
  const isReady = () =>
    call('Status', {}).then(
      () => true,
      (error: ServiceError) => !/not initialized/.test(error.details),
    )
  while (!(await isReady())) await sleep(20)
  return {
    socket: `${folder}/sock`,
    // StatusRequest { bool verbose = 1 }
    status: async () => readStatus(await call('Status', { 1: 1 })),
    call,
    stop: async (signal = 'TERM') => {
      client.close()
      await host.run(['kill', `-${signal}`, started.stdout])
      while ((await host.run(['kill', '-0', started.stdout])).exitCode === 0) await sleep(20)
    },
  }
}

function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => resolve(true))
    connection.on('error', () => resolve(false))
    connection.unref().end()
  })
}

function callMethod(client: Client, method: string, message: Message): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Buffer) =>
      answer === undefined ? reject(error) : resolve(answer)
    client.waitForReady(Date.now() + 60_000, (late) => {
      if (late) return reject(late)
      const path = `/runtime.v1.RuntimeService/${method}`
      client.makeUnaryRequest(path, encode, (octets) => octets, message, {}, done)
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
