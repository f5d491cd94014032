import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Containerd } from './containerd.ts'
import type { Host } from './host.ts'
import { encode, type Message, mapEntries, readFields, textAt, valuesOf } from './protobuf.ts'

/** The pods of one containerd, by its CRI API as kubelet calls it. */
export interface Pods {
  /** RunPodSandbox, with a port of the host that leads to port 80 of the pod; the sandbox's id. */
  run(pod: Pod): Promise<string>
  /** The address that PodSandboxStatus reports. */
  address(id: string): Promise<string>
  /** CreateContainer and StartContainer of a busybox in a pod; the container's id. */
  start(id: string, pod: Pod, command: readonly string[]): Promise<string>
  stop(id: string): Promise<void>
  remove(id: string): Promise<void>
  /** Removes what a test that failed has left: their processes outlive containerd. */
  removeAll(): Promise<void>
}

/** A pod to run: its name, namespace and published port. */
interface Pod {
  readonly name: string
  /** Default: `default`. */
  readonly namespace?: string
  readonly hostPort?: number
}

/** The reference of the image of `importImage`. */
export const podImage = 'localhost/busybox:1'

/** Makes an image that holds busybox alone, and pauses when it is run; the path of its tarball. */
export async function makeImage(host: Host): Promise<string> {
  const folder = join(host.folder, 'image')
  const bundle = await host.bundle('pod-image', [])
  await mkdir(folder, { recursive: true })
  await host.run(['tar', '-C', `${bundle}/rootfs`, '-cf', `${folder}/layer.tar`, '.'])
  const digest = await host.run(['sha256sum', `${folder}/layer.tar`])
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'], Entrypoint: ['/bin/sleep', '100000'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest.stdout.slice(0, 64)}`] },
  })
  const file = `${createHash('sha256').update(config).digest('hex')}.json`
  await writeFile(join(folder, file), config)
  const manifest = [{ Config: file, RepoTags: [podImage], Layers: ['layer.tar'] }]
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await host.run(['tar', '-C', folder, '-cf', `${folder}.tar`, '.'])
  return `${folder}.tar`
}

/** Imports an image into a namespace of containerd. Default: where CRI finds it. */
export async function importImage(
  host: Host,
  { socket }: Containerd,
  tarball: string,
  namespace = 'k8s.io',
): Promise<void> {
  const ran = await host.run(['ctr', '-a', socket, '-n', namespace, 'images', 'import', tarball])
  if (ran.exitCode !== 0) throw new Error(ran.stderr)
}

/** The pods of a containerd. */
export function podsOf({ call }: Containerd): Pods {
  const remove = async (id: string) => {
    await call('RemovePodSandbox', { 1: id })
  }
  return {
    run: async (pod) => textAt(await call('RunPodSandbox', { 1: encode(sandboxConfig(pod)) }), 1),
    // PodSandboxStatusResponse { status = 1 } of { network = 5 } of { ip = 1 }
    address: async (id) => textAt(await call('PodSandboxStatus', { 1: id }), 1, 5, 1),
    start: async (id, pod, command) => {
      // ContainerConfig { metadata = 1 { name = 1 }, image = 2 { image = 1 }, command = 3 }
      const config = {
        1: encode({ 1: 'main' }),
        2: encode({ 1: podImage }),
        3: command,
        16: encode({}),
      }
      const request = { 1: id, 2: encode(config), 3: encode(sandboxConfig(pod)) }
      const container = textAt(await call('CreateContainer', request), 1)
      await call('StartContainer', { 1: container })
      return container
    },
    stop: async (id) => {
      await call('StopPodSandbox', { 1: id })
    },
    remove,
    removeAll: async () => {
      // ListPodSandboxResponse { repeated PodSandbox items = 1 } of { id = 1 }
      const items = valuesOf(readFields(await call('ListPodSandbox', {})), 1)
      for (const each of items) await remove(textAt(each, 1))
    },
  }
}

// PodSandboxConfig { metadata = 1 { name, uid, namespace }, hostname = 2, log_directory = 3,
// port_mappings = 5 { protocol, container_port, host_port }, labels = 6, linux = 8 }.
function sandboxConfig({ name, namespace = 'default', hostPort }: Pod): Message {
  const uid = `uid-of-${name}`
  return {
    1: encode({ 1: name, 2: uid, 3: namespace }),
    2: name,
    ...(hostPort === undefined ? {} : { 5: encode({ 2: 80, 3: hostPort }) }),
    6: mapEntries({
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': namespace,
      'io.kubernetes.pod.uid': uid,
    }),
    8: encode({}),
  }
}
