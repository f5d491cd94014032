// What nerdctl's network rm and prune take of ours, and what the doctor mends then: parts of soak-nerdctl.ts.
import {
  type Beside,
  demand,
  done,
  equal,
  json,
  kinds,
  listed,
  start,
  startOurs,
  stopOurs,
} from './nerdctl-host.ts'

/** A network of "-o vethra.own=true": nerdctl uses it, and takes it for one of others. */
export async function survives({ host, theirs, fails, ours }: Beside): Promise<void> {
  await done(ours('network', 'create', '-o', 'vethra.own=true', 'kept'))
  await theirs(...start('guest', '--net', 'kept'))
  await theirs('rm', '-f', 'guest')
  await fails('network', 'rm', 'kept')
  const id = await startOurs(host, ours, 'inner', '--network', 'kept')
  await theirs('network', 'create', 'mine')
  await theirs('network', 'prune', '-f')
  const left = (await json(ours, 'network', 'ls', '--format', 'json')).map(({ Name }) => Name)
  demand(left.includes('kept') && !left.includes('mine'), `after prune: ${left.join(' ')}`)
  await stopOurs(host, ours, id)
  await done(ours('network', 'rm', 'kept'))
}

/** After prune has taken network lan from under our container: nerdctl asks containerd alone who uses it. */
export async function isHealed({ host, theirs, ours }: Beside): Promise<void> {
  const web = (await listed(ours)).find(({ Name }) => Name === 'web')?.['ID']
  const lost = ['bridge-missing', 'interface-loose', 'network-missing', 'settings-changed']
  equal((await kinds(ours)).toSorted(), lost, 'doctor after network prune')
  await done(ours('doctor', '--repair'))
  equal(await kinds(ours), [], 'after the repair')
  await host.run([
    'runc',
    '--root',
    `${host.folder}/runc`,
    'exec',
    web,
    'ping',
    '-c',
    '1',
    '10.4.1.1',
  ])
  await theirs(...start('guest', '--net', 'lan'))
  await theirs('rm', '-f', 'guest')
  await theirs('network', 'rm', 'lan')
  await done(ours('doctor', '--repair'))
  equal(await kinds(ours), [], 'after the second repair')
  await stopOurs(host, ours, web)
  await done(ours('network', 'rm', 'lan'))
}

/** A network that prune takes from under a container that is prepared, then from under one that has stopped. */
export async function comesBack({ host, theirs, ours }: Beside): Promise<void> {
  await done(ours('network', 'create', 'rest'))
  const file = '/etc/cni/net.d/nerdctl-rest.conflist'
  const text = async () => (await host.run(['cat', file])).stdout
  const before = await text()
  const id = `${host.tag}-rests`
  const bundle = await host.bundle(id, ['sleep', '1000'])
  await done(ours('bundle', 'prepare', bundle, '--id', id, '--network', 'rest'))
  const prunedAndHealed = async () => {
    await theirs('network', 'prune', '-f')
    // The elements that its containers shared are left, too, once there were any.
    const found = (await kinds(ours)).filter((each) => each !== 'rules-left')
    equal(found, ['network-missing'], 'a network that a container at rest wants')
    await done(ours('doctor', '--repair'))
    equal([await text(), await kinds(ours)], [before, []], 'the conf list that was kept')
  }
  await prunedAndHealed()
  await done(host.start(bundle, id))
  await host.stop(id)
  await prunedAndHealed()
  await done(host.start(bundle, id))
  await stopOurs(host, ours, id)
  await theirs('network', 'rm', 'rest')
  await done(ours('doctor', '--repair'))
  equal(await kinds(ours), [], 'a network that nobody wants')
}
