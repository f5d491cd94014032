// A program that fills a host with attachments as if they had been made one by one: namespaces without
// processes, veths, rules, records, cached results, reservations; every other one a container with files
// and names of its own, the others with a published port. Called inside of a host, with how many, and with
// `native` where plugins in the executable are to have made them; with `published` each publishes a port.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [executable = '', number = '10', way = 'exec', what = ''] = process.argv.slice(2)
const count = Number(number)
const isNative = way === 'native'
// By programs: their rules are what the others' are copied from, and what other versions know as well.
const port = {
  VETHRA_PLUGINS: isNative ? 'auto' : 'exec',
  CAP_ARGS: '{"portMappings":[{"hostPort":9999,"containerPort":80,"protocol":"tcp"}]}',
}

// The first one is real: it makes what all share, and is what the others are copied from.
run(executable, ['network', 'create', 'lan', '--subnet', '10.100.0.0/16'])
run('ip', ['netns', 'add', 'pattern'])
run(executable, ['cni', 'add', 'lan', '/run/netns/pattern'], { env: { ...process.env, ...port } })

const results = '/var/lib/cni/results'
const pattern = readFileSync(`${results}/${readdirSync(results)[0]}`, 'utf8')
const { containerId, result } = JSON.parse(pattern)
const { ways } = JSON.parse(
  readFileSync(`/var/lib/vethra/attachments/lan-${containerId}-eth0`, 'utf8'),
)
const [bridge, veth] = result.interfaces.map(({ name }: { name: string }) => name)
const [vethMac, insideMac]: string[] = result.interfaces
  .slice(1)
  .map(({ mac }: { mac: string }) => mac)
const ids = Array.from({ length: count }, (_, index) => index)

run('ip', ['-batch', '-'], { input: ids.map((index) => `netns add n${index}`).join('\n') })
run('ip', ['-batch', '-'], {
  input: ids
    .flatMap((index) => [
      `link add v${index} address ${macOf(index)} type veth peer name eth0 address ${insideMacOf(index)} netns n${index}`,
      `link set v${index} master ${bridge} up`,
      ...(isNative ? [`link set v${index} type bridge_slave hairpin on`] : []),
    ])
    .join('\n'),
})
// As ADD leaves it: the doctor looks inside.
for (const index of ids)
  run('ip', ['-n', `n${index}`, '-batch', '-'], {
    input: [
      `addr add ${addressOf(index)}/16 dev eth0`,
      'link set eth0 up',
      'route add default via 10.100.0.1',
    ].join('\n'),
  })
if (isNative) run('nft', ['-f', '-'], { input: elements() })
else run('iptables-restore', ['--noflush'], { input: rules() })
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const folder = statSync('/run/netns')
const cookies = cookiesOf(ids.map((index) => `/run/netns/n${index}`))
for (const index of ids) writeFiles(index)
// Of a crowd whose hosts files are compared, they come to hold the names of all.
run(executable, ['doctor', '--repair'])

// As the executable records them: by ioctl NS_GET_ID, which Node cannot call.
function cookiesOf(paths: readonly string[]): readonly string[] {
  const ask = `
    const { dlopen } = require('bun:ffi')
    const { openSync, closeSync } = require('node:fs')
    const { ioctl } = dlopen('libc.so.6', { ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' } }).symbols
    const cookies = ${JSON.stringify(paths)}.map((path) => {
      const [descriptor, cookie] = [openSync(path, 'r'), new BigUint64Array(1)]
      if (ioctl(descriptor, 0x8008b70dn, cookie) !== 0) throw new Error('no NS_GET_ID')
      closeSync(descriptor)
      return String(cookie[0])
    })
    console.log(JSON.stringify(cookies))`
  return JSON.parse(
    execFileSync(join(import.meta.dirname, '../node_modules/.bin/bun'), ['-e', ask], {
      encoding: 'utf8',
    }),
  )
}

function run(program: string, args: readonly string[], options = {}): void {
  execFileSync(program, args, { stdio: ['pipe', 'ignore', 'inherit'], ...options })
}

function isStored(index: number): boolean {
  return what !== 'published' && index % 2 === 0
}

function idOf(index: number): string {
  return isStored(index) ? `default-c${index}` : `plain-${index}`
}

function addressOf(index: number): string {
  return `10.100.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
}

function macOf(index: number): string {
  return `02:00:00:00:${Buffer.from([index >> 8, index & 255])
    .toString('hex')
    .replace(/(..)/, '$1:')}`
}

function insideMacOf(index: number): string {
  return macOf(index).replace('02:', '06:')
}

function elements(): string {
  return ids
    .filter((index) => !isStored(index))
    .map((index) => {
      const comment = `"vethra lan ${idOf(index)} eth0"`
      const to = `${addressOf(index)} . 80`
      return `add element inet vethra p4 { tcp . ${10_000 + index} comment ${comment} : ${to} }\n`
    })
    .join('')
}

function rules(): string {
  const nat: string[] = []
  const filter: string[] = []
  for (const index of ids) {
    const [id, address] = [idOf(index), addressOf(index)]
    const hash = createHash('sha512').update(`lan${id}`).digest('hex')
    const [masquerading, ports] = [`CNI-${hash.slice(0, 24)}`, `CNI-DN-${hash.slice(0, 21)}`]
    const comment = `-m comment --comment "name: \\"lan\\" id: \\"${id}\\""`
    nat.push(
      `:${masquerading} - [0:0]`,
      `-A ${masquerading} -d 10.100.0.0/16 ${comment} -j ACCEPT`,
      `-A ${masquerading} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE`,
      `-A POSTROUTING -s ${address}/32 ${comment} -j ${masquerading}`,
    )
    if (!isStored(index)) {
      nat.push(
        `:${ports} - [0:0]`,
        `-A ${ports} -s 10.100.0.0/16 -p tcp -m tcp --dport ${10_000 + index} -j CNI-HOSTPORT-SETMARK`,
        `-A ${ports} -s 127.0.0.1/32 -p tcp -m tcp --dport ${10_000 + index} -j CNI-HOSTPORT-SETMARK`,
        `-A ${ports} -p tcp -m tcp --dport ${10_000 + index} -j DNAT --to-destination ${address}:80`,
        `-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"lan\\" id: \\"${id}\\"" -m multiport --dports ${10_000 + index} -j ${ports}`,
      )
    }
    filter.push(
      `-A CNI-FORWARD -d ${address}/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A CNI-FORWARD -s ${address}/32 -j ACCEPT`,
    )
  }
  return ['*nat', ...nat, 'COMMIT', '*filter', ...filter, 'COMMIT\n'].join('\n')
}

function writeFiles(index: number): void {
  const [id, netns] = [idOf(index), `/run/netns/n${index}`]
  const { dev, ino } = statSync(netns)
  const entry = JSON.parse(
    pattern
      .replaceAll(containerId, id)
      .replaceAll('/run/netns/pattern', netns)
      .replaceAll(`"${veth}"`, `"v${index}"`)
      .replaceAll(vethMac ?? '', macOf(index))
      .replaceAll(insideMac ?? '', insideMacOf(index))
      .replaceAll(result.ips[0].address, `${addressOf(index)}/16`),
  )
  if (isStored(index)) delete entry.capabilityArgs
  else entry.capabilityArgs.portMappings[0].hostPort = 10_000 + index
  writeFileSync(`${results}/lan-${id}-eth0`, JSON.stringify(entry))
  const record = {
    network: 'lan',
    containerId: id,
    ifname: 'eth0',
    netns,
    netnsId: `${dev}:${ino}`,
    cookie: cookies[index],
    bootId,
    place: `${folder.dev}:${folder.ino}`,
    ...(isNative ? { ways } : {}),
  }
  writeFileSync(`/var/lib/vethra/attachments/lan-${id}-eth0`, JSON.stringify(record))
  writeFileSync(`/var/lib/cni/networks/lan/${addressOf(index)}`, `${id}\r\neth0`)
  if (isStored(index)) writeContainer(`c${index}`, entry.result)
}

function writeContainer(id: string, made: object): void {
  const root = '/var/lib/vethra/1935db59'
  const folders = [`${root}/containers/default/${id}`, `${root}/etchosts/default/${id}`] as const
  for (const folder of [...folders, `${root}/names/default`]) mkdirSync(folder, { recursive: true })
  const names = { id, name: `name-${id}`, hostname: id, domainname: '' }
  const rest = { ports: [], extraHosts: [], mode: 'cni', dns: {} }
  const decided = {
    ...{ version: 1, ...names, namespace: 'default', ...rest },
    networks: [{ ref: 'lan', aliases: [] }],
  }
  const meta = { ID: id, Name: names.name, Hostname: id, Networks: { lan: made } }
  writeFileSync(`${folders[0]}/vethra.json`, JSON.stringify(decided))
  writeFileSync(`${folders[0]}/lifecycle.json`, '{"started_at":"2026-01-01T00:00:00Z"}')
  writeFileSync(`${folders[0]}/resolv.conf`, 'nameserver 10.100.0.1\n')
  writeFileSync(`${folders[0]}/hostname`, `${id}\n`)
  writeFileSync(`${folders[1]}/hosts`, '')
  writeFileSync(`${folders[1]}/meta.json`, JSON.stringify(meta))
  writeFileSync(`${root}/names/default/${names.name}`, id)
}
