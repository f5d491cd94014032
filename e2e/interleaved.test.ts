import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost } from './host.ts'
import { interleave, stoppingAt } from './interleave.ts'
import type { Snapshot } from './snapshot.ts'

const netns = '/run/netns/one'
const add = ['cni', 'add', 'lan', netns]
const del = ['cni', 'del', 'lan', netns]
const rm = ['network', 'rm', 'lan']
const create = ['network', 'create', 'lan']
const repair = ['doctor', '--repair']

/** Every so many-th step of a command is one that another comes in at. */
const stride = process.env['VETHRA_TEST_KILLS'] === 'all' ? 1 : 13

describeOnHost('a command that comes in between two steps of another', () => {
  let host: Host
  let empty: Snapshot

  beforeEach(async () => {
    host = await openHost()
    await host.run(['ip', 'netns', 'add', 'one'])
    empty = await host.snapshot()
  })

  afterEach(async () => {
    await host.close()
  })

  it.each([
    { before: [create], first: add, second: rm },
    { before: [create], first: add, second: ['network', 'prune', '--force'] },
    { before: [create], first: add, second: repair },
    { before: [create], first: rm, second: add },
    { before: [create], first: rm, second: create },
    { before: [], first: create, second: create },
    { before: [create, add], first: del, second: rm },
    { before: [create, add], first: del, second: repair },
  ])('$first.0 $first.1, then $second.0 $second.1: one succeeds, nothing is left', async (pair) => {
    for (let step = 2, isStopped = true; isStopped; step += stride) {
      for (const each of pair.before) await host.vethra(...each)
      const tag = `${host.tag}-${step}`
      const env = stoppingAt(step, tag)
      const done = await interleave(
        tag,
        () => host.run([executable, ...pair.first], { env }),
        () => host.vethra(...pair.second),
      )
      isStopped = done.isStopped
      const why = `step ${step}: ${done.first.stderr} ${done.second.stderr}`
      const codes = [done.first.exitCode, done.second.exitCode]
      expect([0, 1], why).toEqual(expect.arrayContaining(codes))
      expect(codes, why).toContain(0)
      const findings = await host.vethra('doctor', '--format', '{{.Severity}} {{.Kind}}')
      expect(findings.stdout, why).toBe('warning wrong-file-system')
      await host.vethra(...del)
      expect(await host.vethra('network', 'rm', '--force', 'lan'), why).toMatchObject({
        exitCode: 0,
      })
      expect(await host.snapshot(), why).toEqual(empty)
    }
  })

  it('start, then bundle rm: one succeeds, nothing is left', async () => {
    await host.vethra(...create)
    const id = `web-${host.tag}`
    const bundle = await host.bundle(id, ['sleep', '600'])
    const file = join(bundle, 'config.json')
    const prepare = ['bundle', 'prepare', bundle, '--id', id, '--name', 'shop', '--network', 'lan']
    const comeAndGo = async (step: number): Promise<boolean> => {
      const tag = `${host.tag}-${step}`
      await host.vethra(...prepare)
      await stopHook(file, step, tag)
      const done = await interleave(
        tag,
        () => host.start(bundle, id),
        () => host.vethra('bundle', 'rm', id),
      )
      const codes = [done.first.exitCode, done.second.exitCode]
      const why = `step ${step}: ${done.first.stderr} ${done.second.stderr}`
      expect([0, 1], why).toEqual(expect.arrayContaining(codes))
      if (done.isStopped) expect(codes, why).not.toEqual([0, 0])
      await host.stop(id)
      await host.vethra('bundle', 'rm', id)
      return done.isStopped
    }
    await comeAndGo(999)
    empty = await host.snapshot()
    for (let step = 1; await comeAndGo(step); step += stride)
      expect(await host.snapshot(), `step ${step}`).toEqual(empty)
  })

  it('bundle prepare, then that of another bundle for the same id: bundle rm gives both back', async () => {
    await host.vethra(...create)
    const id = `web-${host.tag}`
    const bundles = [await host.bundle('one', ['true']), await host.bundle('two', ['true'])]
    const texts = () =>
      Promise.all(bundles.map((each) => readFile(join(each, 'config.json'), 'utf8')))
    const originals = await texts()
    const [one, two] = bundles.map((each) => ['bundle', 'prepare', each, '--id', id])
    for (let step = 1, isStopped = true; isStopped; step += stride) {
      const env = stoppingAt(step, `${host.tag}-${step}`)
      const done = await interleave(
        `${host.tag}-${step}`,
        () => host.run([executable, ...(one ?? []), '--network', 'lan'], { env }),
        () => host.vethra(...(two ?? []), '--network', 'none'),
      )
      isStopped = done.isStopped
      expect(await host.vethra('bundle', 'rm', id)).toMatchObject({ exitCode: 0 })
      expect(await texts(), `step ${step}`).toEqual(originals)
    }
  })

  it.each(['connect', 'disconnect'])(
    'start, then network %s: a container that runs is in the networks that it is to be in',
    async (verb) => {
      await host.vethra(...create)
      await host.vethra('network', 'create', 'back')
      const id = `web-${host.tag}`
      const bundle = await host.bundle(id, ['sleep', '600'])
      const file = join(bundle, 'config.json')
      const before = verb === 'connect' ? ['lan'] : ['lan', 'back']
      const after = verb === 'connect' ? ['lan', 'back'] : ['lan']
      const networks = before.flatMap((each) => ['--network', each])
      const comeAndGo = async (step: number): Promise<boolean> => {
        const tag = `${host.tag}-${verb}-${step}`
        await host.vethra('bundle', 'prepare', bundle, '--id', id, ...networks)
        await stopHook(file, step, tag)
        const done = await interleave(
          tag,
          () => host.start(bundle, id),
          () => host.vethra('network', verb, 'back', id),
        )
        const codes = [done.first.exitCode, done.second.exitCode]
        const why = `step ${step}: ${codes} ${done.first.stderr} ${done.second.stderr}`
        expect([0, 1], why).toEqual(expect.arrayContaining(codes))
        expect(codes, why).toContain(0)
        const script = `cat /var/lib/vethra/*/containers/default/${id}/vethra.json`
        const record = JSON.parse((await host.run(['sh', '-c', script])).stdout)
        const planned = record.networks.map((each: { ref: string }) => each.ref)
        expect(planned, why).toEqual(done.second.exitCode === 0 ? after : before)
        const links = await host.runc('exec', id, 'ip', '-o', 'link')
        const attached = links.stdout.match(/eth\d+(?=@)/g) ?? []
        if (done.first.exitCode === 0) expect(attached.length, why).toBe(planned.length)
        await host.stop(id)
        await host.vethra('bundle', 'rm', id)
        return done.isStopped
      }
      for (let step = 5; await comeAndGo(step); step += stride);
    },
  )
})

/** Has a start of the bundle of a config.json stop at a step. */
async function stopHook(file: string, step: number, tag: string): Promise<void> {
  const config = JSON.parse(await readFile(file, 'utf8'))
  const env = Object.entries(stoppingAt(step, tag)).map((each) => each.join('='))
  config.hooks.createRuntime[0].env.push(...env)
  await writeFile(file, JSON.stringify(config))
}
