import { isNetns } from '@vethra/host'
import { detachAll } from '@vethra/plan'
import { CniError, goField } from '@vethra/spec'
import type { Io } from './io.ts'
import type { Tools } from './tools.ts'

/**
 * Forgets containers that the runtime has deleted: what the hook could not undo, their names, and all
 * files of theirs. Prints each id. Throws CniError 101 for one that is not known, 102 for one that is
 * attached and alive, after the others have gone.
 */
export async function removeBundles(tools: Tools, refs: readonly string[], io: Io): Promise<void> {
  const errors: unknown[] = []
  for (const ref of refs) {
    try {
      await removeBundle(tools, ref)
      io.print(ref)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) {
    const message = `${errors.length} of ${refs.length} containers could not be removed`
    throw new CniError({ code: 106, message, cause: new AggregateError(errors) })
  }
}

async function removeBundle(tools: Tools, ref: string): Promise<void> {
  const { containers, hosts, host, settings } = tools
  const id = await containers.find(ref)
  if (id === undefined) {
    throw new CniError({
      code: 101,
      message: `no such container ${JSON.stringify(ref)}`,
      hint: 'Give the id that "bundle prepare" was given, its start, or the container\'s name.',
    })
  }
  const containerId = `${settings.namespace}-${id}`
  const entries = (await host.cache.list()).filter(
    ({ attachment }) => attachment.containerId === containerId,
  )
  for (const { attachment } of entries) await checkGone(id, attachment.netns)
  await detachAll(
    host,
    entries.map(({ network, attachment }) => ({
      network,
      list: undefined,
      attachment: { ...attachment, netns: '' },
    })),
  )
  await hosts.release(id)
  await hosts.remove(id)
  const name = goField((await containers.read(id, 'vethra.json')) ?? null, 'name')
  if (typeof name === 'string' && name !== '') await containers.releaseName(name, id)
  await containers.remove(id)
}

async function checkGone(id: string, netns: string): Promise<void> {
  if (!(await isNetns(netns))) return
  throw new CniError({
    code: 102,
    message: `container ${id} is attached to a network, and its namespace ${netns} is alive`,
    hint: `Stop and delete it first: runc delete --force ${id}`,
  })
}
