import {
  type CniError,
  checkContainerId,
  checkIfname,
  type Json,
  parseJsonOr,
  readValidAttachment,
  usageError,
} from '@vethra/cni'
import { collectGarbage, type ValidAttachment } from '@vethra/engine'
import type { World } from '@vethra/world'
import { loadList } from './cni-list.ts'

/** Detaches attachments of ours that the JSON array in `file` lacks; without a file, those without a netns. Throws CniError 103 for the file. */
export async function collect(
  world: World,
  network: string,
  file: string | undefined,
): Promise<void> {
  const keep = file === undefined ? undefined : await readKeep(world, file)
  await collectGarbage(world, await loadList(world, network), keep)
}

async function readKeep({ files }: World, file: string): Promise<readonly ValidAttachment[]> {
  const text = await files.read(file)
  if (text === undefined) throw wrong(file, 'no such file')
  const value = parseJsonOr(text, (cause) => wrong(file, 'it is not JSON', cause))
  if (!Array.isArray(value)) throw wrong(file, 'it is not a JSON array')
  return value.map((each: Json) => {
    const { containerId, ifname } = readValidAttachment(each) ?? {}
    if (containerId === undefined || ifname === undefined)
      throw wrong(file, `an element is ${JSON.stringify(each)}`)
    checkContainerId(containerId)
    checkIfname(ifname)
    return { containerID: containerId, ifname }
  })
}

function wrong(file: string, why: string, cause?: unknown): CniError {
  const hint = 'Write it as [{"containerID":"…","ifname":"eth0"}].'
  return usageError(`cannot use ${file} as --keep: ${why}`, { hint, cause })
}
