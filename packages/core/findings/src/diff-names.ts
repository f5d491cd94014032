import type { DesiredContainer, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedContainer, ObservedName, ObservedState } from './observed-state.ts'

/** Names of containers that are gone, and those that living ones lack. */
export function nameFindings(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  const wanted = new Map(desired.containers.map((each) => [keyOf(each), each]))
  const stored = new Set(observed.containers.filter((each) => each.stored).map(keyOf))
  const holders = new Map(observed.names.map((each) => [`${each.namespace}/${each.name}`, each]))
  const living = new Set(
    observed.attachments.flatMap(({ containerId, state }) =>
      state === 'alive' ? [containerId] : [],
    ),
  )
  // Its files were removed while it lives: a finding of its own.
  const lost = new Set(
    observed.containers.filter((each) => !each.stored && living.has(each.containerId)).map(keyOf),
  )
  const known = observed.containers.filter((each) => !lost.has(keyOf(each)))
  return [
    ...known.flatMap((each) => peerNames(each, wanted.get(keyOf(each)))),
    ...observed.containers.filter((each) => lost.has(keyOf(each))).map(filesLost),
    ...observed.names
      .filter((each) => !stored.has(keyOf(each)) && !lost.has(keyOf(each)))
      .map(leftName),
    ...desired.containers.flatMap((each) => ownName(each, holders)),
  ]
}

function filesLost(container: ObservedContainer): Finding {
  const { namespace, id } = container
  return finding({
    kind: 'container-damaged',
    subject: { kind: 'container', name: keyOf(container) },
    message: `the files of container ${id}, which is running, were removed: its name and its ports are unknown`,
    evidence: [`there is no DATA_STORE/containers/${namespace}/${id}`, 'its interfaces are there'],
    ours: true,
    fix: `prepare its bundle again with "vethra bundle prepare", and start it again`,
  })
}

function peerNames(
  container: ObservedContainer,
  wanted: DesiredContainer | undefined,
): readonly Finding[] {
  const { namespace, id, stored, names, withoutNetworks, restorable } = container
  const subject = { kind: 'container', name: keyOf(container) } as const
  if (!stored) {
    return [
      finding({
        kind: 'hosts-left',
        subject,
        message: `stale hosts folder of container ${id}, which was removed`,
        evidence: ['it has a folder in etchosts, and none in containers'],
        repair: { kind: 'remove-hosts', namespace, id },
      }),
    ]
  }
  if (wanted?.known === false && names !== 'none' && !withoutNetworks) {
    return [
      finding({
        kind: 'names-left',
        subject,
        message: `stale names of container ${id} in its peers' hosts files: it is in no network`,
        evidence: [
          names === 'damaged' ? 'its meta.json cannot be read' : 'its meta.json is there',
          'nothing attaches it to a network',
        ],
        repair: { kind: 'forget-names', namespace, id },
      }),
    ]
  }
  if (wanted?.known !== true || names === 'known') return []
  return [unknownToPeers(container, restorable)]
}

function unknownToPeers(container: ObservedContainer, restorable: boolean): Finding {
  const { namespace, id, names } = container
  const isStale = names === 'stale'
  const meta = names === 'damaged' ? 'its meta.json cannot be read' : 'it has no meta.json'
  return finding({
    kind: isStale ? 'hosts-changed' : 'names-missing',
    subject: { kind: 'container', name: keyOf(container) },
    message: isStale
      ? `the hosts file of container ${id}, which is running, lacks names, or has other addresses for them`
      : `hosts files of peers lack the names of container ${id}, which is running`,
    evidence: [isStale ? 'its part that Vethra writes was changed' : meta],
    ...(restorable
      ? { repair: { kind: 'restore-names', namespace, id } }
      : { ours: true, fix: `stop and start container ${id}` }),
  })
}

function leftName({ namespace, name, id }: ObservedName): Finding {
  return finding({
    kind: 'name-left',
    subject: { kind: 'name', name: `${namespace}/${name}` },
    message: `name ${name} is still reserved for container ${id}, which no longer exists`,
    evidence: [`DATA_STORE/names/${namespace}/${name} names ${id}`, 'there is no such container'],
    repair: { kind: 'release-name', namespace, name, id },
  })
}

function ownName(
  { namespace, id, name, known }: DesiredContainer,
  holders: ReadonlyMap<string, ObservedName>,
): readonly Finding[] {
  const holder = holders.get(`${namespace}/${name}`)
  if (name === '' || known !== true || holder?.id === id) return []
  const file = `DATA_STORE/names/${namespace}/${name}`
  const fix = `vethra -n ${namespace} container rename ${id} ANOTHER-NAME`
  return [
    finding({
      kind: 'name-lost',
      subject: { kind: 'container', name: `${namespace}/${id}` },
      message: `container ${id} is called ${name}, and that name is ${holder ? `reserved for ${holder.id}` : 'not reserved for it'}`,
      evidence: [`${file} ${holder ? `names ${holder.id}` : 'is missing'}`],
      ...(holder ? { ours: true, fix } : { repair: { kind: 'claim-name', namespace, name, id } }),
    }),
  ]
}

function keyOf({ namespace, id }: { readonly namespace: string; readonly id: string }): string {
  return `${namespace}/${id}`
}
