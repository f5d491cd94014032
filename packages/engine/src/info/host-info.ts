import { onCniError } from '@vethra/cni'
import type { FilterTable } from '@vethra/firewall'
import type { FeatureState, SeenFeature } from '@vethra/state'
import type { World } from '@vethra/world'
import { listPlugins, type PluginRow } from '../plugins/list-plugins.ts'

/** This host as `vethra info` shows it. */
export interface HostInfo {
  readonly Version: string
  /** The JavaScript runtime: `bun 1.4.5`. */
  readonly Runtime: string
  /** The release of the kernel. */
  readonly Kernel: string
  readonly Namespace: string
  readonly Paths: {
    readonly Settings: string
    readonly ConfLists: string
    readonly DataStore: string
    readonly Cache: string
    readonly Reservations: string
    readonly Run: string
    readonly Socket: string
  }
  readonly Engine: {
    /** The setting `plugins`. */
    readonly Choice: string
    /** Whether plugins can run in this process. */
    readonly InProcess: boolean
    /** Why nftables cannot be asked; empty where it can. */
    readonly Fault: string
  }
  readonly Features: {
    readonly ForwardsIPv4: boolean | null
    /** Null without IPv6. */
    readonly ForwardsIPv6: boolean | null
    /** Whether bridged packets go through iptables; null without br_netfilter. */
    readonly FiltersBridges: boolean | null
  }
  /** The features of the kernel that networks, ports and profiles can need, in a fixed order. */
  readonly KernelFeatures: readonly KernelFeatureRow[]
  readonly Firewalls: {
    /** Programs that look after the firewall: `firewalld`, `ufw`. */
    readonly Managers: readonly string[]
    /** Chains of others that refuse forwarding unless a rule accepts it. */
    readonly Refusing: readonly string[]
    /** Rules that the iptables of this host does not show. */
    readonly Hidden: readonly string[]
  }
  readonly Plugins: readonly PluginRow[]
  /** The parts that could not be read, with the reason. */
  readonly Unknown: readonly string[]
}

/** A feature of the kernel, as `vethra info` shows it. */
interface KernelFeatureRow {
  /** `VLAN`. */
  readonly Name: string
  /** `CONFIG_VLAN_8021Q`. */
  readonly Option: string
  /** The module that it is in; empty where it is always a part of the kernel's image. */
  readonly Module: string
  readonly State: FeatureState
  /** The line of modprobe.d(5) that blocks the module, with its file; empty where none does. */
  readonly BlockedBy: string
}

interface AboutProcess {
  readonly version: string
  readonly runtime: string
  readonly kernel: string
  /** The path of vethra.toml, there or not. */
  readonly tomlFile: string
}

/** Looks at a host for `vethra info`. Parts that cannot be read are named, and hide no other. */
export async function hostInfo(world: World, about: AboutProcess): Promise<HostInfo> {
  const { settings } = world.resolved
  const { places } = world
  const { facts } = await world.hostKernel()
  const { forwards, filtersBridges = null, unknown, ...firewall } = await facts()
  return {
    Version: about.version,
    Runtime: about.runtime,
    Kernel: about.kernel,
    Namespace: settings.namespace,
    Paths: {
      Settings: about.tomlFile,
      ConfLists: settings.cniNetconfpath,
      DataStore: places.dataStore,
      Cache: settings.cniCache,
      Reservations: places.networks,
      Run: places.runtime,
      Socket: settings.socket,
    },
    Engine: await engineOf(world),
    Features: {
      ForwardsIPv4: forwards[4] ?? null,
      ForwardsIPv6: forwards[6] ?? null,
      FiltersBridges: filtersBridges,
    },
    KernelFeatures: (await (await world.facts()).kernelFeatures()).map(featureRow),
    Firewalls: {
      Managers: firewall.firewallManagers,
      Refusing: (firewall.tables ?? []).flatMap(refusingChains),
      Hidden: firewall.hiddenRules,
    },
    Plugins: await listPlugins(await world.pluginFolders(), settings.cniPath),
    Unknown: unknown,
  }
}

function refusingChains({ program, name, chains }: FilterTable): readonly string[] {
  return [...chains].flatMap(([chain, { hook, drops }]) =>
    hook === 'forward' && drops ? `${program}: ${name} ${chain}` : [],
  )
}

function featureRow(given: SeenFeature): KernelFeatureRow {
  const { name, option, module = '', state, blockedBy = '' } = given
  return { Name: name, Option: option, Module: module, State: state, BlockedBy: blockedBy }
}

async function engineOf(world: World): Promise<HostInfo['Engine']> {
  const Choice = world.resolved.settings.plugins
  const kernel = await world.kernel?.()
  if (kernel === undefined) return { Choice, InProcess: false, Fault: '' }
  const Fault = await kernel.effects().then(
    () => '',
    onCniError(({ message }) => message),
  )
  return { Choice, InProcess: true, Fault }
}
