import { attempt, checkIfname, goBool, usageError } from '@vethra/cni'
import type { Driver } from './options.ts'

/** `-o` of one network, checked. */
export interface DriverOptions {
  /** Absent when not given; 0 for the plugin's own default. */
  readonly mtu?: number
  /** Default true; bridge only. */
  readonly ipMasq: boolean
  /** Whether containers of the network reach each other. Default true; bridge only. */
  readonly icc: boolean
  /** As typed; macvlan and ipvlan. */
  readonly mode?: string
  /** An interface of the host; macvlan and ipvlan. */
  readonly parent?: string
  readonly allowOverlap: boolean
  /** Whether nerdctl neither removes nor prunes it: it takes it for one that others made. */
  readonly own: boolean
  /** Whether containers of the network are answered by DNS while the resolver runs. Absent when not given: they are. Bridge only. */
  readonly dns?: boolean
}

type Name = keyof DriverOptions

const mtuNames = { mtu: 'mtu', 'com.docker.network.driver.mtu': 'mtu' } as const
const ownNames = { 'vethra.allow-overlap': 'allowOverlap', 'vethra.own': 'own' } as const

const names: Readonly<Record<Driver, Readonly<Record<string, Name>>>> = {
  bridge: {
    ...mtuNames,
    'ip-masq': 'ipMasq',
    'com.docker.network.bridge.enable_ip_masquerade': 'ipMasq',
    icc: 'icc',
    'com.docker.network.bridge.enable_icc': 'icc',
    ...ownNames,
    'vethra.dns': 'dns',
  },
  macvlan: { ...mtuNames, mode: 'mode', macvlan_mode: 'mode', parent: 'parent', ...ownNames },
  ipvlan: { ...mtuNames, mode: 'mode', ipvlan_mode: 'mode', parent: 'parent', ...ownNames },
}

const modes: Readonly<Record<Driver, readonly string[]>> = {
  bridge: [],
  macvlan: ['bridge'],
  ipvlan: ['l2', 'l3'],
}

/** The options of a driver, with nerdctl's texts where it refuses too. Throws CniError 103 for an unknown driver, option or value. */
export function readDriverOptions(
  driver: Driver,
  options: Readonly<Record<string, string>>,
): DriverOptions {
  const given = collect(driver, options)
  const mtu = given.get('mtu')?.value
  const mode = given.get('mode')?.value
  const parent = given.get('parent')?.value
  const dns = readBool(given.get('dns'))
  return {
    ipMasq: readBool(given.get('ipMasq')) ?? true,
    icc: readBool(given.get('icc')) ?? true,
    allowOverlap: readBool(given.get('allowOverlap')) ?? false,
    own: readBool(given.get('own')) ?? false,
    ...(dns === undefined ? {} : { dns }),
    ...(mtu === undefined ? {} : { mtu: readMtu(mtu) }),
    ...(mode ? { mode: readMode(driver, mode) } : {}),
    ...(parent ? { parent: readParent(parent) } : {}),
  }
}

// An option by the name that was typed.
interface Given {
  readonly option: string
  readonly value: string
}

function collect(
  driver: Driver,
  options: Readonly<Record<string, string>>,
): ReadonlyMap<Name, Given> {
  if (!Object.hasOwn(names, driver)) throw usageError(`unsupported cni driver "${driver}"`)
  const given = new Map<Name, Given>()
  for (const [option, value] of Object.entries(options)) {
    const name = Object.hasOwn(names[driver], option) ? names[driver][option] : undefined
    if (!name) {
      const hint = `Use one of ${Object.keys(names[driver]).join(', ')}.`
      throw usageError(`unsupported "${driver}" network option "${option}"`, hint)
    }
    // Two names of one option: nerdctl lets chance decide.
    if ((given.get(name)?.value ?? value) !== value)
      throw usageError(`network option "${option}" contradicts another one of the same meaning`)
    given.set(name, { option, value })
  }
  return given
}

const mtuHint = 'Write it like -o mtu=1400.'

function readMtu(text: string): number {
  if (text === '') return 0
  if (!/^[+-]?\d+$/.test(text))
    throw usageError(`strconv.Atoi: parsing "${text}": invalid syntax`, mtuHint)
  const mtu = Number(text)
  if (mtu < 0) throw usageError(`mtu ${mtu} is less than zero`, mtuHint)
  if (mtu > 65_535) throw usageError(`mtu ${mtu} is more than 65535`, mtuHint)
  return mtu
}

function readBool(given: Given | undefined): boolean | undefined {
  if (given === undefined) return undefined
  const value = goBool(given.value)
  if (value !== undefined) return value
  throw usageError(
    `strconv.ParseBool: parsing "${given.value}": invalid syntax`,
    `Give ${given.option} as true or false.`,
  )
}

function readMode(driver: Driver, mode: string): string {
  if (modes[driver].includes(mode.toLowerCase())) return mode
  throw usageError(`unknown ${driver} mode "${mode}"`, `Use ${modes[driver].join(' or ')}.`)
}

function readParent(parent: string): string {
  const check = () => checkIfname(parent)
  attempt(check, (cause) => {
    throw usageError(`invalid parent ${JSON.stringify(parent)}`, { cause })
  })
  return parent
}
