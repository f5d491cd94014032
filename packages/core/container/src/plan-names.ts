import { annotationKeys } from './annotations.ts'
import type { Config } from './config.ts'
import { type Edit, oneOfOurs, setUnlessSame } from './edit.ts'

interface OwnNames {
  /** Empty when it has none of its own. */
  readonly hostname: string
  /** Empty when there is none. */
  readonly domainname: string
  /** Whether the container shares the host's UTS namespace. */
  readonly utsHost: boolean
}

/** The edits that set hostname, domain name and the variable HOSTNAME. */
export function planNames(config: Config, names: OwnNames, variable: string): readonly Edit[] {
  const env = {
    path: ['process', 'env'],
    items: config.env,
    isOurs: (each: string) => each.startsWith('HOSTNAME='),
  }
  return [
    ...planHostname(config, names.hostname),
    ...planDomainname(config, names),
    ...oneOfOurs(env, `HOSTNAME=${variable}`, `set HOSTNAME to ${JSON.stringify(variable)}`),
  ]
}

// runc: "unable to set hostname without a private UTS namespace".
function planHostname(config: Config, hostname: string): readonly Edit[] {
  const note = `set the hostname to ${hostname}`
  if (hostname === '') return removed('hostname', config.hostname)
  return setUnlessSame(config.hostname, { path: ['hostname'], value: hostname, note })
}

function planDomainname(config: Config, { domainname, utsHost }: OwnNames): readonly Edit[] {
  const note = `set the domain name to ${domainname}`
  if (domainname !== '')
    return setUnlessSame(config.domainname, { path: ['domainname'], value: domainname, note })
  const earlier = config.annotations[annotationKeys.domainname]
  const isOurs = config.domainname === earlier
  return utsHost || isOurs ? removed('domainname', config.domainname) : []
}

function removed(key: string, present: string | undefined): readonly Edit[] {
  if (present === undefined) return []
  return [{ kind: 'remove', path: [key], note: `remove the ${key} ${JSON.stringify(present)}` }]
}
