import { checkDoor, identityOf, recordsOf, together } from '@vethra/plan'
import { CniError, explain, type JsonObject } from '@vethra/spec'
import { connect } from './connect.ts'
import { asWarning, type Container } from './container.ts'
import { idle } from './idle.ts'
import { ifnameAt } from './memberships.ts'
import { checkJoined, netnsOf } from './netns-of.ts'
import { removePidFile, writePidFile } from './pid-file.ts'
import type { Tools } from './tools.ts'

/**
 * createRuntime: takes the container's name, attaches it to its networks, and makes it known to its
 * peers by name. On failure all of it is undone, and the life cycle file says so, for runc calls
 * postStop for a container that was never started. One that is attached already keeps all that it has.
 */
export async function createRuntime(tools: Tools, container: Container): Promise<void> {
  const { request } = container
  try {
    await checkInterfaces(tools, container)
  } catch (error) {
    const attached = await recordsOf(tools.host.records, request)
    if (attached.length === 0) await note(container, true)
    throw error
  }
  try {
    const profile = idle().then(() => loadProfile(tools, container))
    // Awaited at the end; where that is not reached, the failure before it is the one to be told.
    profile.catch(() => undefined)
    const name = await takeName(container)
    await writePidFile(container)
    const named = { ...container, request: { ...request, name } }
    const done = async () => {
      await profile
      await note(container, false, await detachedLife(tools, container))
    }
    if (request.mode === 'container') await checkJoined(tools, named)
    await (request.mode === 'cni' ? connect(tools, named, done) : done())
  } catch (error) {
    const errors = [error]
    const attempt = (work: Promise<void>) => work.catch((fault: unknown) => errors.push(fault))
    await attempt(removePidFile(container))
    await attempt(note(container, true))
    throw together(errors)
  }
}

async function checkInterfaces(tools: Tools, container: Container): Promise<void> {
  const { mode, networks } = container.request
  if (mode !== 'cni') return
  const netns = await netnsOf(tools, container)
  const wanted = networks.map((_, index) => ({ netns, ifname: ifnameAt(index) }))
  await checkDoor(tools.host, wanted)
}

// A container whose profile is missing is refused by the OCI runtime; any other does without.
async function loadProfile({ appArmor }: Tools, { record }: Container): Promise<void> {
  try {
    if (await appArmor.loadProfile()) await record(['loaded AppArmor profile nerdctl-default'])
  } catch (error) {
    await record(explain(error).map(asWarning))
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
    await record(explain(error).map(asWarning))
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

// No attachment tells where a container lives that has left all of its networks, and may join one again.
async function detachedLife(tools: Tools, container: Container): Promise<JsonObject> {
  const { mode, networks } = container.request
  if (mode !== 'cni' || networks.length > 0) return {}
  const netns = await netnsOf(tools, container)
  return { netns, netns_identity: { ...identityOf(await tools.host.netns.look(netns)) } }
}
