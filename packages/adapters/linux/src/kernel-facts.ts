import { CniError } from '@vethra/cni'
import { readText } from '@vethra/files'
import { allPids, isOfOurs, runProgram, textOf } from '@vethra/plugin-exec/programs'
import type { KernelFacts } from '@vethra/world'
import { type BaseChain, chainsOnForward } from './nft-chains.ts'

/**
 * The facts of the kernel and its programs about forwarding and firewalls. Facts that cannot be
 * read are left out.
 */
export async function kernelFacts(): Promise<KernelFacts> {
  const unknown: string[] = []
  const read: Read = (file) =>
    readText(file).catch((error: unknown) => {
      unknown.push(reasonOf(error))
      return undefined
    })
  const [four, six, bridged, hidden, chains, managers] = await Promise.all([
    flagAt(read, '/proc/sys/net/ipv4/ip_forward'),
    flagAt(read, '/proc/sys/net/ipv6/conf/all/forwarding'),
    flagAt(read, '/proc/sys/net/bridge/bridge-nf-call-iptables'),
    hiddenRules(read),
    chainsOnForward(),
    firewallManagers(read),
  ])
  return {
    forwards: {
      ...(four === undefined ? {} : { 4: four }),
      ...(six === undefined ? {} : { 6: six }),
    },
    ...(bridged === undefined ? {} : { filtersBridges: bridged }),
    hiddenRules: hidden,
    firewallManagers: [
      ...managers,
      ...(chains.some(({ table }) => table === 'firewalld') ? ['firewalld'] : []),
    ].filter((each, index, all) => all.indexOf(each) === index),
    forwardRefusers: chains
      .filter(refuses)
      .map(({ family, table, name }) => `chain ${name} of table ${family} ${table}`),
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

// The rules that the host's own iptables does not show: those of the other backend.
async function hiddenRules(read: Read): Promise<readonly string[]> {
  const version = await outputOf('iptables', ['-V'])
  if (version === undefined) return []
  const [tables, program] = version.includes('nf_tables')
    ? [await read('/proc/self/net/ip_tables_names'), 'iptables-legacy-save']
    : ['nft', 'iptables-nft-save']
  if ((tables ?? '').trim() === '') return []
  const saved = (await outputOf(program, [])) ?? ''
  const rules = saved.split('\n').filter((line) => line.startsWith('-A '))
  return rules.length === 0
    ? []
    : [
        `${program} shows ${rules.length} rules that "${version.trim()}" does not, such as ${rules[0]}`,
      ]
}

/** iptables' own chains are read with its rules. */
function refuses({ family, table, policy }: BaseChain): boolean {
  const ofIptables = (family === 'ip' || family === 'ip6') && table === 'filter'
  return policy === 'drop' && !ofIptables
}

async function firewallManagers(read: Read): Promise<readonly string[]> {
  const ufw = await read('/etc/ufw/ufw.conf')
  return [
    ...(isRunning('firewalld') ? ['firewalld'] : []),
    ...(/^ENABLED=yes/im.test(ufw ?? '') ? ['ufw'] : []),
  ]
}

// Any user, and root in a container, can call a process firewalld: rules would not be missed any more.
function isRunning(command: string): boolean {
  return allPids().some((pid) => textOf(`/proc/${pid}/comm`) === `${command}\n` && isOfOurs(pid))
}

async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  const outcome = await runProgram(program, args)
  return outcome?.status === 0 ? outcome.stdout : undefined
}
