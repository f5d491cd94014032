import { executable, type Host, type Ran } from './host.ts'

/** What a doctor that was killed had done, and what the next one says. */
export interface KilledRepair {
  /** How many repairs were done before the kill. */
  readonly done: number
  readonly next: Ran
}

/** Two attachments, `keep0` and `keep1`, each with a published port, and what is to be left of them for ever. */
export async function attachTwo(host: Host): Promise<readonly string[]> {
  await host.vethra('network', 'create', 'lan')
  for (const index of [0, 1]) await attach(host, `keep${index}`, 18_000 + index)
  return addresses(host)
}

/**
 * Damages all that a doctor repairs: kills the namespace of a third attachment, flushes the rules, takes the
 * bridge its address and one container its interface. Then starts a repair and kills it after a while.
 */
export async function killRepair(host: Host, afterMs: number): Promise<KilledRepair> {
  await attach(host, 'third', 18_002)
  const damage = [
    'ip netns del third',
    'nft flush ruleset',
    'bridge=$(ip -j link show type bridge | grep -o "br-[0-9a-f]*" | head -1)',
    'ip addr flush dev $bridge',
    'ip link del $(ip -o link show type veth | sed "s/.*: \\(veth[0-9a-f]*\\)@.*/\\1/;q")',
  ]
  await host.run(['sh', '-ec', damage.join('; ')])
  const repair = ['timeout', '-s', 'KILL', String(afterMs / 1000), executable, 'doctor', '--repair']
  const killed = await host.run(repair)
  const next = await host.vethra('doctor', '--repair')
  return { done: killed.stdout.match(/^done/gm)?.length ?? 0, next }
}

/** The addresses of the two that are kept, as their namespaces have them. */
export async function addresses(host: Host): Promise<readonly string[]> {
  const shown = await Promise.all(
    ['keep0', 'keep1'].map((name) =>
      host.run(['ip', '-n', name, '-o', '-4', 'addr', 'show', 'eth0']),
    ),
  )
  return shown.map(({ stdout }) => / inet (\S+)/.exec(stdout)?.[1] ?? 'none')
}

async function attach(host: Host, name: string, port: number): Promise<void> {
  await host.run(['ip', 'netns', 'add', name])
  const mapping = { hostPort: port, containerPort: 80, protocol: 'tcp' }
  const env = { CAP_ARGS: JSON.stringify({ portMappings: [mapping] }) }
  const { exitCode, stderr } = await host.run(
    [executable, 'cni', 'add', 'lan', `/run/netns/${name}`],
    { env },
  )
  if (exitCode !== 0) throw new Error(stderr)
}
