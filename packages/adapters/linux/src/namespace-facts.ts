import type { NamespaceFacts, SeenInterface } from '@vethra/world'
import { changeablePart } from './changeable-part.ts'
import { type IpLink, parseIpJson } from './ip-json.ts'
import { hasLink, linkAt, linksIn } from './link-inside.ts'
import { bootOfHost, here, lookAtNetns, withNetns } from './look-at-netns.ts'
import { pluginsEnded } from './plugins-at-work.ts'
import { inside } from './run.ts'

/** Facts about namespaces and the processes of plugins. `bootNow` names the time that a namespace lives in at most. */
export function namespaceFacts(bootNow: () => string | undefined = bootOfHost): NamespaceFacts {
  let known: ReturnType<typeof here> | undefined
  const hereNow = () => {
    known ??= here(bootNow)
    return known
  }
  return {
    look: async (path) => lookAtNetns(path, await hereNow()),
    changeablePart,
    interfaceIn: async (path, ifname) => {
      const { kernel } = await hereNow()
      if (!kernel) return undefined
      return withNetns(path, (descriptor) =>
        interfaceIn(descriptor, ifname, kernel.cookieInBun(descriptor)),
      )
    },
    hasLink,
    linkAt,
    linksIn,
    nonce: () => crypto.randomUUID(),
    pluginsEnded,
  }
}

// By the descriptor: what is at the path may be another namespace a moment later.
async function interfaceIn(
  descriptor: number,
  ifname: string,
  cookie: string | undefined,
): Promise<SeenInterface | undefined> {
  if (cookie === undefined) return undefined
  const netns = `/proc/${process.pid}/fd/${descriptor}`
  const shown = await inside(netns, ['ip', '-j', 'addr', 'show', 'dev', ifname])
  if (shown.status !== 0) return undefined
  const [link] = parseIpJson<IpLink>(shown.stdout)
  const addresses = link?.addr_info?.map(({ local, prefixlen }) => `${local}/${prefixlen}`) ?? []
  return { cookie, mac: link?.address ?? '', addresses }
}
