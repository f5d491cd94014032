import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

/** A registry for npm packages on loopback, in memory. */
export interface NpmRegistry {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  close(): Promise<void>
}

interface Published {
  readonly name: string
  readonly versions: Readonly<Record<string, { readonly dist: { readonly tarball: string } }>>
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

/** Opens a registry that takes what `npm publish` sends, one version a package, and leads to `upstream` for packages of others. */
export async function openRegistry(upstream: string): Promise<NpmRegistry> {
  const published = new Map<string, Published>()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname).slice(1)
    const [name = '', file] = path.split('/-/')
    if (request.method === 'PUT') {
      published.set(name, (await json(request)) as Published)
      response.writeHead(201).end('{}')
      return
    }
    const found = published.get(name)
    if (!found && isOurs(name)) response.writeHead(404).end('{}')
    else if (!found) response.writeHead(302, { location: upstream + request.url?.slice(1) }).end()
    else if (file === undefined) response.end(JSON.stringify(document(found)))
    else response.end(tarball(found))
  }

  // npm asks where it was told to ask: the tarball's own URL has the host that npm knows.
  function document({ _attachments, ...rest }: Published): object {
    const versions = Object.entries(rest.versions).map(([version, manifest]) => {
      const at = `${url}${rest.name}/-/${version}.tgz`
      return [version, { ...manifest, dist: { ...manifest.dist, tarball: at } }]
    })
    return { ...rest, versions: Object.fromEntries(versions) }
  }

  return {
    url,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isOurs(name: string): boolean {
  return name === 'vethra' || name.startsWith('@vethra/')
}

function tarball({ _attachments }: Published): Buffer {
  return Buffer.from(Object.values(_attachments)[0]?.data ?? '', 'base64')
}
