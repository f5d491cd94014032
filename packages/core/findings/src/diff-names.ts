import type { Compared } from './compared.ts'
import type { DesiredContainer } from './desired-state.ts'
import { about, containerText, type Finding, finding, idsOf, warning } from './finding.ts'
import type { ObservedContainer, ObservedName } from './observed-state.ts'

/** Names of containers that are gone, those that living ones lack, and what is left of those that never began to live. */
export function nameFindings({ desired, observed, containers }: Compared): readonly Finding[] {
  const stored = new Set(observed.containers.filter((each) => each.stored).map(containerText))
  const holders = new Map(observed.names.map((each) => [`${each.namespace}/${each.name}`, each]))
  const living = idsOf(observed.attachments.filter(({ state }) => state === 'alive'))
  // Its files were removed while it lives: a finding of its own.
  const lost = new Set(
    observed.containers
      .filter((each) => !each.stored && living.has(each.containerId))
      .map(containerText),
  )
  return [
    ...observed.containers.flatMap((each) => {
      const unstored = `there is no DATA_STORE/containers/${each.namespace}/${each.id}`
      if (lost.has(containerText(each)))
        return filesLost(each, each.id, [unstored, 'its interfaces are there'])
      const wanted = containers.get(containerText(each))
      return [peerNames(each, wanted), neverStarted(each, wanted)].flat()
    }),
    ...observed.names
      .filter((each) => !stored.has(containerText(each)) && !lost.has(containerText(each)))
      .map(leftName),
    ...desired.containers.flatMap((each) => ownName(each, holders)),
  ]
}

/** The finding that a container has lost its files while it runs. */
export function filesLost(
  of: Parameters<typeof finding>[1],
  id: string,
  evidence: readonly string[],
): Finding {
  return finding('container-damaged', of, {
    message: `the files of container ${id}, which is running, were removed: its name and its ports are unknown`,
    evidence,
    ours: true,
    fix: `prepare its bundle again with "vethra bundle prepare", and start it again`,
  })
}

function peerNames(
  container: ObservedContainer,
  wanted: DesiredContainer | undefined,
): Finding | readonly [] {
  const { namespace, id, stored, names, networks, restorable } = container
  const unread = names === 'damaged' ? 'its meta.json cannot be read' : undefined
  if (!stored)
    return finding('hosts-left', container, {
      message: `stale hosts folder of container ${id}, which was removed`,
      evidence: ['it has a folder in etchosts, and none in containers'],
      repair: { kind: 'remove-hosts', namespace, id },
    })
  if (wanted?.known === false && names !== 'none' && (unread || networks.length > 0))
    return finding('names-left', container, {
      message: `stale names of container ${id} in its peers' hosts files: it is in no network`,
      evidence: [unread ?? 'its meta.json is there', 'nothing attaches it to a network'],
      repair: { kind: 'forget-names', namespace, id },
    })
  if (wanted?.known !== true) return []
  const unknown = wanted.networks.filter((each) => !networks.includes(each))
  if (names === 'known' && unknown.length === 0) return []
  const isStale = names === 'stale'
  return finding(isStale ? 'hosts-changed' : 'names-missing', container, {
    message: isStale
      ? `the hosts file of container ${id}, which is running, lacks names, or has other addresses for them`
      : `hosts files of peers lack the names of container ${id}, which is running`,
    evidence: [
      isStale ? 'its part that Vethra writes was changed' : (unread ?? lacking(names, unknown)),
    ],
    ...(restorable
      ? { repair: { kind: 'restore-names', namespace, id } }
      : { ours: true, fix: `stop and start container ${id}` }),
  })
}

function lacking(names: ObservedContainer['names'], unknown: readonly string[]): string {
  return names === 'none' ? 'it has no meta.json' : `its meta.json lacks ${unknown.join(', ')}`
}

// An OCI runtime was to start it for one life: it was killed, or refused it.
function neverStarted(
  container: ObservedContainer,
  wanted: DesiredContainer | undefined,
): Finding | readonly [] {
  const { namespace, id, startedMs, transient, awaited } = container
  if (!transient || startedMs !== undefined || wanted?.known !== false) return []
  return warning('start-left', container, {
    message: `vethra-runc prepared container ${id}, and it never started`,
    evidence: ['its record is there, and no life cycle'],
    ...(awaited
      ? { ours: true, fix: `vethra -n ${namespace} bundle rm ${id}` }
      : { repair: { kind: 'forget-start', namespace, id } }),
  })
}

function leftName({ namespace, name, id }: ObservedName): Finding {
  return finding('name-left', about('name', `${namespace}/${name}`), {
    message: `name ${name} is still reserved for container ${id}, which no longer exists`,
    evidence: [`DATA_STORE/names/${namespace}/${name} names ${id}`, 'there is no such container'],
    repair: { kind: 'release-name', namespace, name, id },
  })
}

function ownName(
  container: DesiredContainer,
  holders: ReadonlyMap<string, ObservedName>,
): Finding | readonly [] {
  const { namespace, id, name, known } = container
  const holder = holders.get(`${namespace}/${name}`)
  if (name === '' || known !== true || holder?.id === id) return []
  const file = `DATA_STORE/names/${namespace}/${name}`
  const fix = `vethra -n ${namespace} container rename ${id} ANOTHER-NAME`
  return finding('name-lost', container, {
    message: `container ${id} is called ${name}, and that name is ${holder ? `reserved for ${holder.id}` : 'not reserved for it'}`,
    evidence: [`${file} ${holder ? `names ${holder.id}` : 'is missing'}`],
    ...(holder ? { ours: true, fix } : { repair: { kind: 'claim-name', namespace, name, id } }),
  })
}
