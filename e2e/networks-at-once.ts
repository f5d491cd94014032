import type { Host } from './host.ts'

/** What came of networks that were made at once. */
export interface MadeAtOnce {
  /** What was said of each command that failed; empty when none did. */
  readonly failures: readonly string[]
  /** The subnets of the networks that are there now. */
  readonly subnets: readonly string[]
  readonly elapsedMs: number
}

/** Creates so many networks without a subnet, all at once, and looks at what there is. */
export async function createAtOnce(host: Host, count: number): Promise<MadeAtOnce> {
  const names = Array.from({ length: count }, (_, index) => `net${index}`)
  return measure(host, () => names.map((name) => host.vethra('network', 'create', name)))
}

/** The same while as many others, made before, are removed. */
export async function createWhileRemoving(host: Host, count: number): Promise<MadeAtOnce> {
  const old = Array.from({ length: count }, (_, index) => `old${index}`)
  for (const name of old) await host.vethra('network', 'create', name)
  return measure(host, () =>
    old.flatMap((name, index) => [
      host.vethra('network', 'create', `new${index}`),
      host.vethra('network', 'rm', name),
    ]),
  )
}

async function measure(
  host: Host,
  work: () => readonly ReturnType<Host['vethra']>[],
): Promise<MadeAtOnce> {
  const began = performance.now()
  const ran = await Promise.all(work())
  const elapsedMs = performance.now() - began
  const failures = ran.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr)
  return { failures, subnets: await subnetsOf(host), elapsedMs }
}

async function subnetsOf(host: Host): Promise<readonly string[]> {
  const names = (await host.vethra('network', 'ls', '--format', '{{.Name}}')).stdout.split('\n')
  const inspected: { IPAM: { Config: { Subnet: string }[] } }[] = JSON.parse(
    (await host.vethra('network', 'inspect', ...names)).stdout,
  )
  return inspected.flatMap(({ IPAM }) => IPAM.Config.map(({ Subnet }) => Subnet))
}
