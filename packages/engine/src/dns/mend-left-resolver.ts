import { onCniError } from '@vethra/cni'
import { type PublishTools, publishResolver } from './publish-resolver.ts'
import { openRecorded } from './recorded.ts'
import { runningResolver } from './resolver-state.ts'

/** Has resolv.conf files name what they would without a resolver that was killed; nothing while one runs. Failures are reported. */
export async function mendLeftResolver(tools: PublishTools): Promise<void> {
  const mend = async () => {
    if ((await runningResolver(tools.files, tools.places)) !== undefined) return
    const all = (await openRecorded(tools)).all()
    await publishResolver(tools, { all, resolver: undefined })
  }
  await mend().catch(onCniError(tools.onFault))
}
