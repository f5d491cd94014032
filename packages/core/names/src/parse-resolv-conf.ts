import { isOption, isSearchDomain } from './dns-words.ts'
import { nameserverKind } from './nameserver.ts'
import { type ResolvConf, withSource } from './resolv-conf.ts'

/** Reads a resolv.conf as resolvers do (resolv.conf(5)), nonsense left out, the last list of a kind. Each value has the source `host`. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map(fields)
  const last = (...keywords: readonly string[]) =>
    lines.findLast(([keyword]) => keyword !== undefined && keywords.includes(keyword))
  const sourced = (texts: readonly string[]) => withSource(texts, 'host')
  return {
    nameservers: sourced(lines.flatMap(nameserver)),
    search: sourced(searchList(last('search', 'domain') ?? [])),
    options: sourced((last('options') ?? []).slice(1).filter(isOption)),
    sortlist: sourced((last('sortlist') ?? []).slice(1).filter((each) => sortPair.test(each))),
  }
}

/** Whether the only nameserver is systemd-resolved's stub, 127.0.0.53. */
export function usesStub(text: string): boolean {
  const { nameservers } = parseResolvConf(text)
  return nameservers.length === 1 && nameservers[0]?.value === '127.0.0.53'
}

function fields(line: string): readonly string[] {
  const [content = ''] = line.split(/[#;]/, 1)
  return content.split(/\s+/).filter((field) => field !== '')
}

function nameserver([keyword, address]: readonly string[]): readonly string[] {
  if (keyword !== 'nameserver' || address === undefined) return []
  return nameserverKind(address) ? [address] : []
}

// `domain` has one value; what follows it is no part of the list.
function searchList([keyword, ...domains]: readonly string[]): readonly string[] {
  return (keyword === 'domain' ? domains.slice(0, 1) : domains).filter(isSearchDomain)
}

const sortPair = /^[0-9.]{7,15}(\/[0-9.]{1,15})?$/
