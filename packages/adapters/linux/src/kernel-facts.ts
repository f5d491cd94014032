import { CniError, present } from '@vethra/cni'
import { readText } from '@vethra/files'
import { type FilterTable, filterTables, readNftTable } from '@vethra/firewall'
import { allPids, isOfOurs, runProgram, textOf } from '@vethra/plugin-exec/programs'
import type { KernelFacts } from '@vethra/world'
import { firewalldTable, zoneSources } from './applied/firewalld.ts'
import { isInOur } from './shared-namespace.ts'

/** The facts of the kernel and its programs about forwarding and firewalls. Facts that cannot be read are left out. */
export async function kernelFacts(): Promise<KernelFacts> {
  const unknown: string[] = []
  const noted = (error: unknown) => {
    unknown.push(reasonOf(error))
    return undefined
  }
  const read: Read = (file) => readText(file).catch(noted)
  const [four, six, bridged, count, most, queues, hidden, named, managers] = await Promise.all([
    flagAt(read, '/proc/sys/net/ipv4/ip_forward'),
    flagAt(read, '/proc/sys/net/ipv6/conf/all/forwarding'),
    flagAt(read, '/proc/sys/net/bridge/bridge-nf-call-iptables'),
    numberAt(read, '/proc/sys/net/netfilter/nf_conntrack_count'),
    numberAt(read, '/proc/sys/net/netfilter/nf_conntrack_max'),
    readText('/proc/self/net/netfilter/nfnetlink_queue').then(queuesRead, noted),
    hiddenRules(read),
    tablesOnTheWay(),
    firewallManagers(read),
  ])
  const zoned = named.includes(`${firewalldTable.family} ${firewalldTable.table}`)
  const sources = zoned ? zoneSources() : undefined
  const tables = await Promise.all(named.filter((each) => !isKnown.test(each)).map(listed))
  return {
    forwards: present({ 4: four, 6: six }),
    ...present({ filtersBridges: bridged, queues, firewalldSources: sources }),
    ...(count === undefined || most === undefined ? {} : { tracked: { count, most } }),
    hiddenRules: hidden.said,
    firewallManagers: [...new Set([...managers, ...(zoned ? ['firewalld'] : [])])],
    tables: [...tables, ...hidden.tables],
    unknown: unknown.toSorted(),
  }
}

/** Reads a file; undefined when it is missing, or unreadable, which is then noted. */
type Read = (file: string) => Promise<string | undefined>

// RootlessKit's namespaces have files of an owner that is mapped to nobody: even their root cannot read them.
function reasonOf(error: unknown): string {
  if (!(error instanceof CniError)) throw error
  const { message, cause } = error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

async function flagAt(read: Read, file: string): Promise<boolean | undefined> {
  const text = await read(file)
  return text === undefined ? undefined : text.trim() !== '0'
}

async function numberAt(read: Read, file: string): Promise<number | undefined> {
  const text = await read(file)
  return text === undefined ? undefined : Number(text)
}

// A line a queue that a program has bound, its number first: without the file none ever has.
function queuesRead(text = ''): readonly string[] {
  return text.match(/^ *\d+/gm)?.map((each) => each.trim()) ?? []
}

interface Hidden {
  /** The rules, in a sentence. */
  readonly said: readonly string[]
  readonly tables: readonly FilterTable[]
}

// The rules that the host's own iptables does not show: those of the other backend.
async function hiddenRules(read: Read): Promise<Hidden> {
  const version = await outputOf('iptables', ['-V'])
  if (version === undefined) return { said: [], tables: [] }
  const other = version.includes('nf_tables') ? 'legacy' : 'nft'
  const saved = await Promise.all(
    (['ip', 'ip6'] as const).map((family) => savedBy(read, family, other)),
  )
  return {
    said: saved.flatMap(({ program, rules: [first, ...more] }) =>
      first === undefined
        ? []
        : [
            `${program}-save shows ${more.length + 1} rules that "${version.trim()}" does not, such as ${first}`,
          ],
    ),
    tables: saved.flatMap(({ tables }) => tables),
  }
}

interface Saved {
  readonly program: string
  readonly rules: readonly string[]
  readonly tables: readonly FilterTable[]
}

// The kernel names the families that have tables of iptables-legacy: without it, the program would make some.
async function savedBy(read: Read, family: 'ip' | 'ip6', other: 'legacy' | 'nft'): Promise<Saved> {
  const program = `${family}tables-${other}` as const
  const tables = other === 'nft' ? 'nft' : await read(`/proc/self/net/${family}_tables_names`)
  const text = (tables ?? '').trim() === '' ? '' : ((await outputOf(`${program}-save`, [])) ?? '')
  const rules = text.split('\n').filter((line) => line.startsWith('-A '))
  return { program, rules, tables: filterTables(program, text) }
}

// iptables' own tables are read with its rules, ours and those of plugins by themselves; firewalld gets the subnets of networks.
const isKnown =
  /^(ip6? (filter|nat|mangle|raw|security)|inet (vethra|firewalld)|\S+ (firewalld|cni_.*))$/

async function listed(name: string): Promise<FilterTable> {
  const args = ['-a', '-s', '-y', 'list', 'table', ...name.split(' ')]
  return readNftTable(name, (await outputOf('nft', args)) ?? '')
}

async function firewallManagers(read: Read): Promise<readonly string[]> {
  const ufw = (await read('/etc/ufw/ufw.conf')) ?? ''
  return [
    ...(isRunning('firewalld') ? ['firewalld'] : []),
    ...(/^ENABLED=yes/im.test(ufw) ? ['ufw'] : []),
  ]
}

// Any user, and root in a container, can call a process firewalld: rules would not be missed any more. That of another
// network namespace has none of its rules here.
function isRunning(command: string): boolean {
  return allPids().some(
    (pid) => textOf(`/proc/${pid}/comm`) === `${command}\n` && isOfOurs(pid) && isInOur('net', pid),
  )
}

async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  const outcome = await runProgram(program, args)
  return outcome?.status === 0 ? outcome.stdout : undefined
}

// The tables of nftables, as `inet site`, with a chain that packets pass; empty without nft.
async function tablesOnTheWay(): Promise<readonly string[]> {
  const outcome = await runProgram('nft', ['-j', 'list', 'chains'])
  if (outcome?.status !== 0) return []
  const { nftables = [] }: Listing = JSON.parse(outcome.stdout)
  const names = nftables.flatMap(({ chain }) =>
    chain && hooks.includes(chain.hook ?? '') ? [`${chain.family} ${chain.table}`] : [],
  )
  return [...new Set(names)]
}

const hooks = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress']

interface Listing {
  readonly nftables?: readonly {
    readonly chain?: { readonly family: string; readonly table: string; readonly hook?: string }
  }[]
}
