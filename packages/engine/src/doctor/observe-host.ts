import { onCniError, present } from '@vethra/cni'
import type { ObservedHost, ObservedProgram } from '@vethra/findings'
import type { Network } from '@vethra/networks'
import type { KernelFacts, PluginRunner, WatchedFolder } from '@vethra/world'
import { supportedVersions } from '../attach/supported-versions.ts'
import { programsOf } from '../attach/ways-now.ts'
import type { DoctorTools } from './doctor-tools.ts'

/** Looks at the host itself: the kernel's features, the plugins that networks need, and where state is kept. */
export async function observeHost(
  { host, kernel, folders, resolver, looksWithin }: DoctorTools,
  networks: readonly Network[],
): Promise<Omit<ObservedHost, 'unreadableRules' | keyof KernelFacts>> {
  const names = [...new Set(networks.flatMap(({ list }) => programsOf(host, list)))]
  const [features, programs, seenFolders] = await Promise.all([
    // They are needed by networks, and no repair is for one.
    networks.length > 0 ? host.facts?.().then((each) => each.kernelFeatures()) : undefined,
    Promise.all(names.map((name) => lookAtProgram(host.runner, name))),
    Promise.all(folders().map((each) => lookAtFolder(kernel, each, looksWithin))),
  ])
  const running = await resolver?.()
  const refused = (running?.Networks ?? []).filter(({ Refused }) => Refused !== '')
  return {
    features: features ?? [],
    unanswered: refused.map(({ Name, Refused }) => ({ name: Name, why: Refused })),
    upstream: (running?.Upstream ?? []).map(({ Server, Fault }) => ({ name: Server, why: Fault })),
    programs,
    folders: seenFolders,
  }
}

async function lookAtFolder(
  kernel: DoctorTools['kernel'],
  folder: WatchedFolder,
  looksWithin: boolean,
): Promise<ObservedHost['folders'][number]> {
  const { path } = folder
  const [fileSystem, access] = [await kernel.fileSystem(path), await kernel.access(path)]
  const open = looksWithin ? await kernel.openWithin(path) : []
  const [seen] = access ? [] : await kernel.whatIsAt([path])
  const gone = seen?.what === 'nothing' ? { isGone: true as const } : {}
  return { ...folder, ...gone, fileSystem, ...present({ access }), open }
}

async function lookAtProgram(runner: PluginRunner, name: string): Promise<ObservedProgram> {
  return supportedVersions(runner, name).then(
    (versions) => ({ name, versions }),
    onCniError(({ message, details }) => ({
      ...{ name, fault: details === undefined ? message : `${message}: ${details}` },
    })),
  )
}
