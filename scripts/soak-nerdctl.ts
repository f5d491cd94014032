// A real nerdctl beside Vethra on one host, with Debian's containerd, runc and plugins: what each tells of the other's
// containers and networks, whose network rm and prune take what, and what the doctor mends. docs/compared.md has the
// table. VETHRA_NERDCTL names the executable, any of 1.7 to 2.3; several are joined by ":".
import { setTimeout as sleep } from 'node:timers/promises'
import { startContainerd } from '../e2e/containerd.ts'
import { openHost, plugins } from '../e2e/host.ts'
import { importImage, makeImage } from '../e2e/pods.ts'
import { startDaemon } from '../e2e/running-daemon.ts'
import {
  type Beside,
  demand,
  done,
  equal,
  json,
  kinds,
  listed,
  openBeside,
  type Row,
  removeAll,
  start,
  startOurs,
  theirFiles,
} from './nerdctl-host.ts'
import { comesBack, isHealed, survives } from './soak-nerdctl-removals.ts'

const nerdctls = (process.env['VETHRA_NERDCTL'] ?? '').split(':').filter((each) => each !== '')
if (nerdctls.length === 0) {
  console.log(`soak-nerdctl: SKIPPED, no nerdctl beside us was tried. Debian has no package of it: build or unpack one, as by
  go build -o /tmp/nerdctl ./cmd/nerdctl   (in the sources of github.com/containerd/nerdctl/v2)
and name it: VETHRA_NERDCTL=/tmp/nerdctl node scripts/soak-nerdctl.ts`)
}
for (const nerdctl of nerdctls) {
  const began = performance.now()
  const host = await openHost()
  const containerd = await startContainerd(host, plugins)
  try {
    await importImage(host, containerd, await makeImage(host), 'default')
    await tryAll(await openBeside(host, containerd, nerdctl))
    const version = (await host.run([nerdctl, '--version'])).stdout
    console.log(`${version}: as told; ${((performance.now() - began) / 1000).toFixed(1)} s`)
  } finally {
    await removeAll(host, containerd, nerdctl)
    await containerd.stop('KILL')
    await host.close()
  }
}

async function tryAll(each: Beside): Promise<void> {
  await tellsItsContainers(each)
  await tellsEvents(each)
  await bothInOneNetwork(each)
  await survives(each)
  await isHealed(each)
  await comesBack(each)
  await readsOurs(each)
}

// Names, addresses, ports and states, running, stopped, started again, and killed.
async function tellsItsContainers({ host, theirs, ours, sharing }: Beside): Promise<void> {
  const id = (await theirs(...start('shop', '-p', '8090:80'))).trim().slice(-64)
  const running = {
    ...{ ID: id, Name: 'shop', Networks: ['bridge'], Ports: '0.0.0.0:8090->80/tcp' },
    State: 'running',
  }
  const address = /inet (10\.4\.0\.\d+\/24)/.exec(await theirs('exec', 'shop', 'ip', 'addr'))?.[1]
  for (const vethra of [ours, sharing]) {
    equal(await listed(vethra), [{ ...running, Addresses: [address] }], 'container ls')
    const [port] = await json(vethra, 'container', 'port', '--format', 'json', 'shop')
    equal([port?.['HostPort'], port?.['ContainerPort']], [8090, 80], 'container port')
    const [bridge] = await json(vethra, 'network', 'inspect', 'bridge')
    equal(bridge?.['Containers'][id]?.IPv4Address, address, 'network inspect')
    for (const change of [
      ['container', 'rm', 'shop'],
      ['container', 'rename', 'shop', 'x'],
      ['network', 'rm', 'bridge'],
    ])
      demand((await vethra(...change)).exitCode === 1, `${change.join(' ')} changed nerdctl's`)
    equal(await kinds(vethra), [], 'doctor of a running one')
  }
  await theirs('pause', 'shop')
  for (const vethra of [ours, sharing])
    equal((await listed(vethra))[0]?.['State'], 'paused', 'state of a paused one')
  await theirs('unpause', 'shop')
  const clash = await ours(
    'bundle',
    'prepare',
    await host.bundle('clash', []),
    '--id',
    `${host.tag}-clash`,
    '-p',
    '8090:80',
  )
  demand(clash.exitCode === 1 && clash.stderr.includes('8090'), `a taken port: ${clash.stderr}`)

  await theirs('stop', '-t', '1', 'shop')
  const [stopped] = await listed(sharing)
  const isDetached = stopped?.['State'] === 'stopped'
  // Version 1 stops without a DEL: the address stays its own.
  equal(stopped?.['Addresses'], isDetached ? [] : [address], 'addresses of a stopped one')
  equal((await listed(ours)).length, isDetached ? 0 : 1, 'stopped ones in a data store of our own')
  const before = await theirFiles(host)
  for (const vethra of [ours, sharing]) {
    await vethra('doctor', '--repair')
    equal(await kinds(vethra), isDetached ? [] : ['attachment-dead'], 'doctor of a stopped one')
  }
  equal(await theirFiles(host), before, "nerdctl's files after repairs")
  await theirs('start', 'shop')
  equal((await listed(sharing))[0]?.['State'], 'running', 'started again')
  await theirs('rm', '-f', 'shop')
  equal([await listed(ours), await listed(sharing)], [[], []], 'removed')
  equal([await kinds(ours), await kinds(sharing)], [[], []], 'doctor of a removed one')
}

// The daemon tells of what nerdctl attaches and detaches; version 1 detaches as it removes.
async function tellsEvents({ host, theirs }: Beside): Promise<void> {
  const daemon = await startDaemon(host)
  try {
    // What is attached before its first look is none of its news.
    while ((await daemon.ask('/health')).status !== 200) await sleep(50)
    const id = (await theirs(...start('told'))).trim().slice(-64)
    const isOfIt = (each: object) => 'Container' in each && each.Container === id
    const awaited = async (...wanted: readonly string[]) => {
      const types = async () => (await daemon.events()).filter(isOfIt).map(({ Type }) => Type)
      for (let tries = 0; tries < 100 && (await types()).length < wanted.length; tries += 1)
        await sleep(100)
      equal(await types(), wanted, "events of nerdctl's container")
    }
    await awaited('container-attached')
    await theirs('rm', '-f', 'told')
    await awaited('container-attached', 'container-detached')
  } finally {
    await daemon.end()
  }
}

async function bothInOneNetwork({
  host,
  theirs,
  fails,
  ours,
  sharing,
  isOld,
}: Beside): Promise<void> {
  await done(ours('network', 'create', 'lan'))
  const web = await startOurs(host, ours, 'web', '--network', 'lan', '-p', '8091:80')
  // Version 1 looks at no port that it is given.
  if (isOld) await theirs(...start('late', '--net', 'lan', '-p', '8091:80'))
  else await fails(...start('late', '--net', 'lan', '-p', '8091:80'))
  if (isOld) {
    equal(await kinds(ours), ['ports-led-elsewhere'], 'a port that nerdctl took')
    await theirs('rm', '-f', 'late')
  }
  await theirs(...start('guest', '--net', 'lan'))
  const [lan] = await json(ours, 'network', 'inspect', 'lan')
  const names = Object.values(lan?.['Containers'] as Record<string, { Name: string }>)
  equal(names.map(({ Name }) => Name).toSorted(), ['guest', 'web'], 'containers of both')
  const address = (await listed(ours)).find(({ ID }) => ID === web)?.['Addresses'][0].split('/')[0]
  await theirs('exec', 'guest', 'ping', '-c', '1', '-w', '5', address)
  const refused = await ours('network', 'rm', 'lan')
  demand(
    refused.exitCode === 1 && /guest/.test(refused.stderr),
    `in use by both: ${refused.stderr}`,
  )
  await fails('network', 'rm', 'lan')
  // In one data store, each knows the other's by name.
  const near = await startOurs(host, sharing, 'near', '--network', 'lan')
  const inner = await host.runc('exec', near, 'cat', '/etc/hosts')
  demand(inner.stdout.includes('guest'), `hosts of ours: ${inner.stdout}`)
  const theirHosts = await theirs('exec', 'guest', 'cat', '/etc/hosts')
  demand(theirHosts.includes('near'), `hosts of nerdctl's: ${theirHosts}`)
  await host.stop(near)
  await done(sharing('bundle', 'rm', near))
  await theirs('rm', '-f', 'guest')
}

async function readsOurs({ host, theirs, ours }: Beside): Promise<void> {
  await host.run(['ip', 'link', 'add', 'up0', 'type', 'bridge'])
  const wishes = {
    dual: ['--ipv6', '-o', 'mtu=1400', '--label', 'team=<web>'],
    inner: ['--internal'],
    parts: [
      '--subnet',
      '10.89.0.0/24',
      '--ip-range',
      '10.89.0.64/26',
      '--aux-address',
      'p=10.89.0.70',
    ],
    fixed: ['--ipam-driver', 'static'],
    outer: ['-d', 'macvlan', '-o', 'parent=up0', '--subnet', '10.88.0.0/24'],
    leased: ['-d', 'macvlan', '-o', 'parent=up0', '--ipam-driver', 'dhcp'],
  }
  for (const [name, flags] of Object.entries(wishes))
    await done(ours('network', 'create', ...flags, name))
  for (const name of Object.keys(wishes)) {
    const [their] = JSON.parse(await theirs('network', 'inspect', name))
    const [our] = await json(ours, 'network', 'inspect', name)
    // Reserved addresses are in a label that newer versions hide.
    const same = ({ Name, Id, Labels }: Row = {}) => [Name, Id, Labels?.['team']]
    equal(same(their), same(our), `nerdctl network inspect ${name}`)
  }
  const [subnet] = JSON.parse(await theirs('network', 'inspect', 'parts'))[0].IPAM.Config
  equal([subnet.Subnet, subnet.IPRange], ['10.89.0.0/24', '10.89.0.64/26'], 'nerdctl on our ranges')
  await theirs(...start('six', '--net', 'dual'))
  demand(
    /inet6 fd/.test(await theirs('exec', 'six', 'ip', 'addr')),
    'no IPv6 address in a network of ours',
  )
  await theirs('rm', '-f', 'six')
  await theirs('network', 'prune', '-f')
  const left = (await json(ours, 'network', 'ls', '--format', 'json')).map(({ Name }) => Name)
  equal(left, ['bridge'], 'all pruned')
}
