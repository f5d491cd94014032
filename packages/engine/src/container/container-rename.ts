import { checkName, renderRecord } from '@vethra/container'
import { all, demandDone, inSequence } from '../attach/sequence.ts'
import type { ManageTools } from '../network/tools.ts'
import { changeContainer, notPrepared } from './container-record.ts'
import type { KnownContainer } from './container-state.ts'

/** Renames a container: in the name store, for its next start, and in peers' hosts files. Throws CniError 102 for a taken name, 103 for one that cannot be. */
export async function renameContainer(
  tools: ManageTools,
  ref: string,
  name: string,
): Promise<void> {
  checkName(name)
  await changeContainer(tools, ref, (container) => rename(tools, container, name))
}

async function rename(
  tools: ManageTools,
  { id, record }: KnownContainer,
  name: string,
): Promise<void> {
  if (record === undefined) throw notPrepared(id, 'Rename it with the program that made it.')
  if (record.name === name) return
  const { containers, hosts, host } = tools
  // The new name first and the old one last: killed in between, the container has both, and may be renamed again.
  const outcome = await inSequence(async (step) => {
    const back = () => all([hosts.rename(id, record.name), containers.releaseName(name, id)])
    await step('take the name', () => containers.claimName(name, id), back)
    await step('write the hosts files', () => hosts.rename(id, name))
    await step('write vethra.json', () =>
      containers.write(id, 'vethra.json', renderRecord({ ...record, name })),
    )
  }, host.steps)
  demandDone(outcome)
  if (record.name !== '') await containers.releaseName(record.name, id)
}
