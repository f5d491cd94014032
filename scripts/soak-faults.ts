// Kills both hooks of a container at each of their steps in turn, has each of their writes fail, and each
// plugin at either end of each operation; after the container has been deleted the host must be as one on
// which a container has come and gone. scripts/soak runs it.
import { type FaultRun, type FaultWalk, openFaultWalk } from '../e2e/fault-walk.ts'

const most = Number(process.env['VETHRA_SOAK_FAULTS_STEPS'] ?? 1000)
const hooks = ['createRuntime', 'poststop'] as const

for (const plugins of ['native', 'exec'] as const) {
  const walk = await openFaultWalk(plugins)
  console.log(`plugins: ${plugins}`)
  try {
    await walkThrough(walk)
    if (plugins === 'exec') await failEachPlugin(walk)
  } finally {
    await walk.close()
  }
}

async function walkThrough(walk: FaultWalk): Promise<void> {
  for (const hook of hooks) await killAtEachStep(walk, hook)
  for (const hook of hooks) {
    for (const kind of ['ENOSPC', 'EROFS']) await failEachWrite(walk, hook, kind)
  }
  await killEachRemoval(walk)
}

async function killAtEachStep(walk: FaultWalk, hook: (typeof hooks)[number]): Promise<void> {
  let step = 1
  while (step <= most && (await walk.run(hook, `kill:${step}`)).step !== '') step += 1
  console.log(`${hook} killed at each of its ${step - 1} steps: nothing left`)
}

async function killEachRemoval(walk: FaultWalk): Promise<void> {
  let step = 1
  while (step <= most && (await walk.remove(`kill:${step}`)).step !== '') step += 1
  console.log(`bundle rm killed at each of its ${step - 1} steps, and run again: nothing left`)
}

// Some writes may fail without a complaint: it is over when several in a row did not happen.
async function failEachWrite(
  walk: FaultWalk,
  hook: (typeof hooks)[number],
  kind: string,
): Promise<void> {
  let complaints = 0
  let quiet = 0
  for (let step = 1; step <= most && quiet < 8; step += 1) {
    const runs: FaultRun[] = []
    for (const lasting of ['', '+']) runs.push(await walk.run(hook, `${kind}:${step}${lasting}`))
    const untouched = runs.every((run) => run.untouched)
    quiet = untouched ? quiet + 1 : 0
    if (!untouched) complaints += 1
  }
  console.log(
    `${hook} with ${kind} at each write, and from each on: ${complaints} told, nothing left`,
  )
}

async function failEachPlugin(walk: FaultWalk): Promise<void> {
  const plugins = ['bridge', 'host-local', 'portmap', 'firewall', 'tuning'] as const
  let count = 0
  for (const plugin of plugins) {
    for (const operation of ['ADD', 'DEL'] as const) {
      for (const when of ['before', 'after'] as const) {
        const { untouched } = await walk.fail(`${plugin} ${operation} ${when}`)
        if (untouched) throw new Error(`${plugin} failed ${operation} ${when}, and nobody said so`)
        count += 1
      }
    }
  }
  console.log(`${count} failures of plugins, at either end of ADD and DEL: nothing left`)
}
