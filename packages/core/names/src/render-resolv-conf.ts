import type { ResolvConf, Sourced } from './resolv-conf.ts'
import { values } from './resolv-conf.ts'

/** How a resolv.conf is written. */
interface RenderOptions {
  /** Writes `# from SOURCE` above each line. Default false. */
  readonly provenance?: boolean
}

/** The text of a resolv.conf in nerdctl's order: `search` (unless `.`), nameservers, `options`, `sortlist`; no line for an empty list. */
export function renderResolvConf(conf: ResolvConf, options: RenderOptions = {}): string {
  const search = values(conf.search).join(' ') === '.' ? [] : conf.search
  const rows = [
    row('search', search),
    ...conf.nameservers.map((each) => row('nameserver', [each])),
    row('options', conf.options),
    row('sortlist', conf.sortlist),
  ]
  return rows.map((each) => text(each, options.provenance ?? false)).join('')
}

interface Row {
  readonly keyword: string
  readonly list: readonly Sourced[]
}

function row(keyword: string, list: readonly Sourced[]): Row {
  return { keyword, list }
}

function text({ keyword, list }: Row, provenance: boolean): string {
  if (list.length === 0) return ''
  const sources = [...new Set(list.map(({ source }) => source))].join(', ')
  return `${provenance ? `# from ${sources}\n` : ''}${[keyword, ...values(list)].join(' ')}\n`
}
