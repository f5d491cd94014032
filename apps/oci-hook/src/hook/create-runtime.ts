import {
  CniError,
  containerIdOf,
  explain,
  identityOf,
  type JsonObject,
  type ParsedResult,
} from '@vethra/cni'
import { containerNames, freeInterfaces, type Membership } from '@vethra/container'
import {
  type AttachedContainer,
  attachEach,
  checkInterfaces,
  checkOthers,
  demandDone,
  detachEach,
  emitAttached,
  inSequence,
  nameLeasedResolvers,
  recordsOf,
  refuseSecondLife,
  type SequenceStep,
  undoAfter,
  undoLeft,
} from '@vethra/engine'
import type { AttachmentRecord, HoldRequest, PortReservation, World } from '@vethra/world'
import { startBypass, stopBypass } from './bypass.ts'
import type { Container } from './container.ts'
import { detachFormer } from './detach-former.ts'
import { refuseSecondHome } from './detached-home.ts'
import { holdingKnown, isRemoved } from './holding-known.ts'
import { checkJoined, netnsOf } from './netns-of.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import { plannedMemberships } from './planned-memberships.ts'

/** createRuntime: takes the container's name, attaches it, and makes it known to its peers. A failure undoes it, and lifecycle.json says so. */
export async function createRuntime(world: World, container: Container): Promise<void> {
  const { request } = container
  const outcome = await inSequence(async (step) => {
    await step('check that the container is not alive', () => refuseSecondHome(world, request))
    const { netns, left } = await step(
      'check the interfaces',
      () => checkStart(world, container).catch(failedFirst(world, container)),
      () => noteFailure(container),
    )
    await step('load the AppArmor profile', () => loadProfile(world, container))
    const name = await step('take the name', () => takeName(container))
    const named = { ...container, request: { ...request, name } }
    await step(
      'write the pid file',
      () => writePidFile(world.files, container),
      () => removePidFile(world, container),
    )
    if (request.mode === 'container')
      await step('check the joined namespace', () => checkJoined(world, named))
    if (request.mode === 'cni') await connect(world, named, { netns, left, step })
    else
      await holdingKnown(world, container, () =>
        step('write lifecycle.json', () => noteStart(world, container, netns)),
      )
  }, world.steps)
  demandDone(outcome)
}

// Where one lives under this id, lifecycle.json is that one's.
function failedFirst(world: World, container: Container): (error: unknown) => Promise<never> {
  return async (error) => {
    throw await undoAfter(error, async () => {
      const attached = await recordsOf(world.records, container.request)
      if (attached.length === 0) await noteFailure(container)
    })
  }
}

// Of one that was removed meanwhile nothing is to be left.
async function noteFailure(container: Container): Promise<void> {
  const { store, state, request } = container
  if (!(await isRemoved(container))) return note(container, true)
  if (request.name !== '') await store.releaseName(request.name, state.id)
}

interface Checked {
  readonly netns: string
  /** Attachments that are in the way, and may be undone. */
  readonly left: readonly AttachmentRecord[]
}

interface Begun extends Checked {
  readonly step: SequenceStep
}

// From the container's ports to its names, while no other operation is at work on it.
async function connect(
  world: World,
  container: Container,
  { netns, left, step }: Begun,
): Promise<void> {
  const { state, request } = container
  const memberships = await step('read the networks', () =>
    plannedMemberships(world, container, netns),
  )
  // Before ports are taken: taking those of one container id frees what holds them.
  if (request.ports.length > 0)
    await step('check the other attachments', () => checkOthers(world, memberships))
  await step('detach what 0.1 left', () => detachFormer(world, request))
  await step('bring lo up', () => world.bringLoopbackUp(netns))
  await step('undo what a kill left', () => undoLeft(world, left, memberships))
  await step(
    'start bypass4netns',
    () => startBypass(world, container),
    () => stopBypass(world, container),
  )
  const containerId = containerIdOf(request)
  const wanted: HoldRequest = { containerId, pid: state.pid, ports: request.ports }
  const reservation = await step(
    'take the ports',
    () => world.ports.hold(wanted),
    () => world.ports.release(wanted),
  )
  await holdingKnown(world, container, () =>
    attachHeld(world, container, { netns, memberships, reservation }),
  )
}

interface Ready extends Pick<Checked, 'netns'> {
  readonly memberships: readonly Membership[]
  readonly reservation: PortReservation
}

// While the container's lock is held.
async function attachHeld(
  world: World,
  container: Container,
  { netns, memberships, reservation }: Ready,
): Promise<void> {
  const { id } = container.state
  const outcome = await inSequence(async (step) => {
    const hosts = await step('read the names', container.hosts)
    // Those of an earlier life that was cut short; and those of this one where a later step fails, half written or whole.
    const release = () => hosts.release(id)
    // Where none are known, the lock of all containers is not waited for twice: writing the files heals what a kill left.
    const releaseKnown = async () => {
      if ((await hosts.read(id)) !== undefined) await release()
    }
    await step('remove names of an earlier life', releaseKnown, release)
    const results = await step(
      'attach the container',
      () => attachEach(world, memberships),
      () => detachEach(world, memberships, { silent: true }),
    )
    const names = containerNames(
      container.request,
      results.map(({ result }) => result),
    )
    await step('write the hosts files', () => hosts.acquire(names))
    await step('write lifecycle.json', () => noteStart(world, container, netns))
    await step('write resolv.conf', () => nameLeased(world, container, { memberships, results }))
    // It starts while all this is written.
    await step('wait for the port holder', reservation.settled)
    const lines = results.flatMap((result, at) => attachedLines(memberships[at], result))
    await step('write the log', () => container.record(lines))
    await step('write the events', () => emitAttached(world, memberships, results))
  }, world.steps)
  demandDone(outcome)
}

// A container that its server's resolvers cannot be told to has the host's.
async function nameLeased(
  world: World,
  { request: { namespace }, decided, record }: Container,
  attached: Pick<AttachedContainer, 'memberships' | 'results'>,
): Promise<void> {
  if (decided === undefined) return
  try {
    await nameLeasedResolvers(world, { namespace, record: decided, ...attached })
  } catch (error) {
    await record(explain(error, 'warning'))
  }
}

function attachedLines(
  membership: Membership | undefined,
  { result }: ParsedResult,
): readonly string[] {
  const addresses = result.ips.map(({ address }) => address).join(', ')
  return [`${membership?.attachment.ifname} in network ${membership?.network}: ${addresses}`]
}

// Returns the network namespace, and the attachments that a killed start, or an earlier life, left in the way.
async function checkStart(world: World, container: Container): Promise<Checked> {
  const { mode, networks } = container.request
  if (mode !== 'cni') return { netns: `/proc/${container.state.pid}/ns/net`, left: [] }
  const netns = await netnsOf(world, container)
  const { namespace, id } = container.request
  const ref = { namespace, id }
  await refuseSecondLife(world, ref, netns)
  const wanted = freeInterfaces(networks.length).map((ifname) => ({
    netns,
    ifname,
    container: ref,
  }))
  return { netns, left: await checkInterfaces(world, wanted) }
}

// A container whose profile is missing is refused by the OCI runtime; any other does without.
async function loadProfile(world: World, { record }: Container): Promise<void> {
  try {
    if (await world.loadAppArmorProfile()) await record(['loaded AppArmor profile nerdctl-default'])
  } catch (error) {
    await record(explain(error, 'warning'))
  }
}

// nerdctl's annotation keeps the name of before a rename, which may be another's by now: such a container
// starts without a name, and takes none away.
async function takeName({ store, state, request, ours, record }: Container): Promise<string> {
  if (request.name === '') return ''
  try {
    await store.claimName(request.name, state.id)
    return request.name
  } catch (error) {
    if (ours || !(error instanceof CniError)) throw error
    await record(explain(error, 'warning'))
    return ''
  }
}

async function note(
  { store, state, now }: Container,
  createError: boolean,
  more: JsonObject = {},
): Promise<void> {
  await store.write(state.id, 'lifecycle.json', {
    started_at: new Date(now()).toISOString(),
    create_error: createError,
    ...more,
  })
}

async function noteStart(world: World, container: Container, netns: string): Promise<void> {
  const { mode, networks } = container.request
  const identity = { ...identityOf(await world.netns.look(netns)) }
  const isAttached = mode === 'cni' && networks.length > 0
  // Where records of attachments are lost, the identity tells another namespace of the same pid, MAC and address. No attachment
  // tells where a container lives that is in no network of its own, or may join one again.
  const life = isAttached ? { started_in: identity } : { netns, netns_identity: identity }
  await note(container, false, life)
}
