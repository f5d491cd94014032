import { passMark } from './pass-mark.ts'

/** A chain of others for what is forwarded, which drops what no rule of it accepts. */
export interface RefusingChain {
  /** The program that its rules are written with. */
  readonly program: 'nft' | `${'iptables' | 'ip6tables'}${'' | '-nft' | '-legacy'}`
  /** As the program names it: `inet site forward`, or `FORWARD`. */
  readonly name: string
  /** The priority of its base chain: a chain of a higher one sees a packet later. */
  readonly priority: number
  /** Its rules as the program lists them. */
  readonly rules: readonly string[]
}

/** A network that is forwarded. */
export interface ForwardedNetwork {
  readonly bridge: string
  /** Whether what is let through bears our mark: its plugins ran in this process. */
  readonly marked: boolean
  /** Whether a container of it publishes a port. */
  readonly publishes: boolean
  /** Whether rules of plugins accept in the host's own iptables what its containers send, and answers. */
  readonly admitted: boolean
}

/** The priority of our own chain for what is forwarded. */
const ownPriority = -10

/** The commands for a chain's owner to let a network pass, none where it does: by our mark behind our chain, else by bridge. */
export function passingCommands(
  chain: RefusingChain,
  network: ForwardedNetwork,
): readonly string[] {
  return chain.program === 'nft' ? forNft(chain, network) : forIptables(chain, network)
}

/** Whether what a chain accepts can be read off its rules: they send packets to no chain but those of CNI plugins. */
export function isPlain({ rules }: RefusingChain): boolean {
  return !rules.some((rule) => /\b(jump|goto|vmap)\b/.test(rule) || leadsOn(rule))
}

const verdicts = /^(ACCEPT|DROP|REJECT|LOG|NFLOG|RETURN|CNI-.*)$/

function leadsOn(rule: string): boolean {
  const target = / -[jg] (\S+)/.exec(rule)?.[1]
  return target !== undefined && !verdicts.test(target)
}

const mark = `0x${passMark.toString(16).padStart(8, '0')}`

function forNft(
  { name, priority, rules }: RefusingChain,
  { bridge, marked }: ForwardedNetwork,
): readonly string[] {
  const accepts = (part: string) =>
    rules.some((rule) => rule.includes(part) && /\baccept\b/.test(rule))
  const put = (rule: string) => `nft insert rule ${name} ${rule} accept`
  if (marked && priority > ownPriority) {
    const carries = `meta mark & ${mark} == ${mark}`
    return accepts(carries) ? [] : [put(`'${carries}'`)]
  }
  const wanted = [
    ['ct state established,related', accepts('established')],
    [`iifname ${bridge}`, accepts(`iifname "${bridge}"`)],
    [`oifname ${bridge} ct status dnat`, accepts(`oifname "${bridge}"`) || accepts('status dnat')],
  ] as const
  return wanted.filter(([, there]) => !there).map(([rule]) => put(rule))
}

function forIptables(
  { program, name, rules }: RefusingChain,
  { bridge, marked, publishes, admitted }: ForwardedNetwork,
): readonly string[] {
  // An ADD in this process puts the rule that accepts our mark there itself.
  if (marked) return []
  const accepts = (part: RegExp) =>
    rules.some((rule) => part.test(rule) && /-j ACCEPT\b/.test(rule))
  const bothWays = rules.some((rule) => rule.includes(`-o ${bridge} `) && isUnconditional(rule))
  const isAdmitted = admitted && !program.includes('-')
  const wanted = [
    [`-i ${bridge}`, isAdmitted || accepts(new RegExp(`-i ${escaped(bridge)} `))],
    [
      `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED,DNAT`,
      bothWays || accepts(/--ctstate \S*DNAT/) || (isAdmitted && !publishes),
    ],
  ] as const
  return wanted
    .filter(([, there]) => !there)
    .map(([rule]) => `${program} -I ${name} ${rule} -j ACCEPT`)
}

function isUnconditional(rule: string): boolean {
  return /^-A \S+ -o \S+ -j ACCEPT$/.test(rule)
}

function escaped(text: string): string {
  return text.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')
}
