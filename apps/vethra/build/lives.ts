const lists = ['apps/vethra/src/here.ts', 'apps/vethra/src/lists-here.ts']
const socket = [
  'packages/adapters/linux/src/netlink.ts',
  'packages/adapters/lock-flock/src/wait-in-bun.ts',
]
/** The modules that make and remove links, addresses, routes and nftables rules by netlink, for `vethra cni` and the hooks. */
const stage = [
  ...lists,
  ...socket,
  'apps/vethra/src/world-here.ts',
  'apps/vethra/src/stage-here.ts',
  'packages/adapters/linux/src/cookie-in-bun.ts',
  'packages/adapters/linux/src/loopback-in-bun.ts',
]

/** What `vethra cni` has in common. */
const onNetns = [...stage, 'apps/cli/src/index.ts', 'apps/cli/src/run-on-netns.ts']

const plugin = ['apps/vethra/src/plugin-here.ts']
/** A plugin that is planned; `changing`: one that the plan has something to do for. */
const planned = [
  ...plugin,
  'apps/vethra/src/plugin-host-here.ts',
  'apps/cni-plugin/src/planned.ts',
  'apps/cni-plugin/src/planned-delete.ts',
  'packages/adapters/linux/src/cookie-in-bun.ts',
]

/**
 * The short lives of the executable, by name, each with the entries that it reads: modules that are imported by import(),
 * from the root of the repository. What an entry imports otherwise is read with it.
 */
export const lives: Readonly<Record<string, readonly string[]>> = {
  any: ['apps/vethra/src/main.ts', 'apps/vethra/src/version-here.ts'],
  add: [...onNetns, 'apps/cli/src/cni-add.ts'],
  del: [...onNetns, 'apps/cli/src/cni-del.ts'],
  hook: [
    ...stage,
    'apps/oci-hook/src/hook/index.ts',
    'packages/adapters/etchosts/src/index.ts',
    'packages/adapters/etchosts/src/change-names.ts',
    'packages/adapters/port-holder/src/take.ts',
  ],
  list: [...lists, 'apps/cli/src/network-list.ts', 'apps/cli/src/container-list.ts'],
  plugin,
  planned,
  changing: [...planned, ...socket, 'apps/vethra/src/plugin-kernel-here.ts'],
  holder: ['apps/vethra/src/holder-here.ts', 'packages/adapters/port-holder/src/hold-in-bun.ts'],
  pass: ['apps/vethra/src/runtime-here.ts'],
  prepare: [
    'apps/vethra/src/runtime-here.ts',
    ...lists,
    'apps/vethra/src/world-here.ts',
    'apps/vethra/src/facts-here.ts',
    'packages/adapters/etchosts/src/index.ts',
    'packages/adapters/lock-flock/src/wait-in-bun.ts',
    'apps/oci-hook/src/runtime/prepare-start.ts',
  ],
}
