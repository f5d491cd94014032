// The main job on real parts, told step by step: scripts/start runs it. It plays host in namespaces
// of its own, so that the bridges and rules of the machine stay as they are.
import { mkdir, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Host, openHost, type Ran } from '../e2e/host.ts'

const page = 'A page from container web\n'
const bold = process.stdout.isTTY ? ['\u001b[1m', '\u001b[0m'] : ['', '']
const began = performance.now()
const host = await openHost()
let failed = false
try {
  await tour(host)
} catch (error) {
  failed = true
  console.error(`\nerror: ${error instanceof Error ? error.message : error}`)
} finally {
  await host.close()
}
console.log(
  failed
    ? '\nThe tour failed: the error above says where.'
    : `\nAll steps succeeded, in ${seconds(began)}. Next: dist/vethra --help, README.md.`,
)
process.exitCode = failed ? 1 : 0

async function tour(host: Host): Promise<void> {
  const web = `web-${host.tag}`
  const client = `client-${host.tag}`
  console.log('Vethra gives two runc containers a network, in a namespace of its own.\n')
  const before = await step('Look at the host: no bridge, no rule, no file of ours', () =>
    host.snapshot(),
  )
  await step(
    'Create the network "lan"',
    () => vethra(host, 'network', 'create', 'lan'),
    (ran) => [`id ${ran.stdout.slice(0, 12)}`],
  )
  await step('Make two bundles from a busybox root file system', () => bundles(host))
  await step('Prepare bundle "web": in lan, port 80 published as 8080', () =>
    vethra(
      host,
      'bundle',
      'prepare',
      `${host.folder}/web`,
      '--id',
      web,
      '--name',
      'web',
      '--network',
      'lan',
      '-p',
      '8080:80',
      '--hostname',
      'web',
    ),
  )
  await step('Prepare bundle "client": in lan', () =>
    vethra(
      host,
      'bundle',
      'prepare',
      `${host.folder}/client`,
      '--id',
      client,
      '--name',
      'client',
      '--network',
      'lan',
      '--hostname',
      'client',
    ),
  )
  await step('runc run web: its hook attaches it', () => started(host, 'web', web))
  await step('runc run client', () => started(host, 'client', client))
  for (const [name, id] of [
    ['web', web],
    ['client', client],
  ] as const) {
    await step(
      `Look into ${name}`,
      () => look(host, id),
      (lines) => lines,
    )
  }
  await step(
    'Ping web from client, by name',
    () => inside(host, client, 'ping', '-c', '1', '-W', '2', 'web'),
    (ran) => [ran.stdout.split('\n')[1] ?? ''],
  )
  await step(
    'Fetch a page through the published port, http://127.0.0.1:8080/',
    () => fetchPage(host),
    (text) => [text],
  )
  await step('Stop and delete both', async () => {
    for (const id of [client, web]) expectDone(await host.stop(id), `runc delete ${id}`)
  })
  await step('vethra bundle rm both', () => vethra(host, 'bundle', 'rm', web, client))
  await step('vethra network rm lan', () => vethra(host, 'network', 'rm', 'lan'))
  await step('Look again: no address, interface, rule or file is left', async () => {
    const after = await host.snapshot()
    if (!isDeepStrictEqual(after, before)) {
      throw new Error(`left behind: ${JSON.stringify(difference(before, after), null, 2)}`)
    }
  })
}

async function step<T>(
  what: string,
  work: () => Promise<T>,
  show: (value: T) => readonly string[] = () => [],
): Promise<T> {
  const start = performance.now()
  const value = await work()
  console.log(`${bold[0]}✓ ${what}${bold[1]}  ${seconds(start)}`)
  for (const line of show(value)) console.log(`    ${line}`)
  return value
}

async function vethra(host: Host, ...args: readonly string[]): Promise<Ran> {
  return expectDone(await host.vethra(...args), `vethra ${args.join(' ')}`)
}

async function inside(host: Host, id: string, ...args: readonly string[]): Promise<Ran> {
  return expectDone(await host.runc('exec', id, ...args), args.join(' '))
}

function expectDone(ran: Ran, what: string): Ran {
  if (ran.exitCode === 0) return ran
  throw new Error(`${what} ended with ${ran.exitCode}\n${ran.stdout}${ran.stderr}`)
}

async function bundles(host: Host): Promise<void> {
  const web = await host.bundle('web', ['httpd', '-f', '-p', '80', '-h', '/www'])
  await mkdir(`${web}/rootfs/www`, { recursive: true })
  await writeFile(`${web}/rootfs/www/index.html`, page)
  await host.bundle('client', ['sleep', '3600'])
}

async function started(host: Host, bundle: string, id: string): Promise<void> {
  expectDone(await host.start(`${host.folder}/${bundle}`, id), `runc run ${id}`)
}

async function look(host: Host, id: string): Promise<readonly string[]> {
  const address = await inside(host, id, 'ip', '-o', '-4', 'addr', 'show', 'eth0')
  const files = await Promise.all(
    ['hosts', 'resolv.conf', 'hostname'].map((file) => inside(host, id, 'cat', `/etc/${file}`)),
  )
  const [hosts, resolv, hostname] = files.map(({ stdout }) =>
    stdout.split('\n').filter((row) => row.trim() !== ''),
  )
  return [
    `eth0              ${address.stdout.split(/\s+/)[3]}`,
    `/etc/hostname     ${hostname?.join(' ')}`,
    ...indent('/etc/resolv.conf', resolv ?? []),
    ...indent('/etc/hosts', hosts ?? []),
  ]
}

function indent(title: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(18)}${line}`)
}

async function fetchPage(host: Host): Promise<string> {
  const ran = await host.run(['busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/'])
  const got = expectDone(ran, 'wget').stdout
  if (got !== page.trimEnd()) throw new Error(`the page was ${JSON.stringify(got)}`)
  return got
}

function difference(before: object, after: object): object {
  const lists = Object.entries(after) as [string, string[]][]
  const old = new Set(Object.values(before as Record<string, string[]>).flat())
  return Object.fromEntries(
    lists.map(([key, list]) => [key, list.filter((each) => !old.has(each))]),
  )
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(2)} s`
}
