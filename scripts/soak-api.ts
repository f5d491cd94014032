/**
 * Asks the daemon whatever its OpenAPI document allows, and what it does not allow, by schemathesis: each answer must be one that
 * the document promises. scripts/soak runs it.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { openHost } from '../e2e/host.ts'
import { startDaemon } from '../e2e/running-daemon.ts'

const release = '4.32.5'
const examples = process.env['VETHRA_SOAK_API_EXAMPLES'] ?? '50'
const seed = process.env['VETHRA_SOAK_API_SEED'] ?? '1'
// Events that are followed have no end.
const finite = '[[operations]]\ninclude-path = "/events"\nparameters = { follow = "false" }\n'
const known = '[parameters]\nnetwork = "lan"\ncontainer = "web"\n'

const folder = await mkdtemp(join(tmpdir(), 'vethra-api-'))
const host = await openHost()
try {
  await soak()
} finally {
  await host.close()
  await rm(folder, { recursive: true, force: true })
}

async function soak(): Promise<void> {
  const st = await install()
  await prepare()
  const daemon = await startDaemon(host)
  const bridge = await openBridge(daemon.socket)
  try {
    const run = { st, url: bridge.url }
    await ask({
      ...run,
      names: 'existing',
      settings: known + finite,
      flags: ['--exclude-method', 'DELETE'],
    })
    await ask({ ...run, names: 'any', settings: finite, flags: [] })
  } finally {
    bridge.close()
    await daemon.end()
  }
}

/** A network, and a container in it. */
async function prepare(): Promise<void> {
  const bundle = await host.bundle('web', ['sleep', '100000'])
  const steps = [
    await host.vethra('network', 'create', 'lan'),
    await host.vethra(
      'bundle',
      'prepare',
      bundle,
      '--id',
      'web',
      '--name',
      'web',
      '--network',
      'lan',
    ),
    await host.start(bundle, 'web'),
  ]
  for (const { exitCode, stderr } of steps) if (exitCode !== 0) throw new Error(stderr)
}

/** Installs schemathesis where scripts/setup has its tools, once; returns its program. */
async function install(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const place = join(cache, 'vethra-tools', `schemathesis-${release}`)
  const program = join(place, 'bin/st')
  const { failed } = await execa(program, ['--version'], { reject: false })
  if (!failed) return program
  await execa('python3', ['-m', 'venv', '--clear', place])
  await execa(join(place, 'bin/pip'), ['install', '--quiet', `schemathesis==${release}`])
  return program
}

/** Serves a unix socket on loopback. */
async function openBridge(socket: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((client) => {
    const daemon = connect(socket)
    for (const end of [client, daemon])
      end.on('error', () => [client, daemon].map((each) => each.destroy()))
    client.pipe(daemon).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

interface Asking {
  readonly st: string
  readonly url: string
  readonly names: string
  readonly settings: string
  readonly flags: readonly string[]
}

async function ask({ st, url, names, settings, flags }: Asking): Promise<void> {
  const config = join(folder, 'schemathesis.toml')
  const report = join(folder, 'report.json')
  await writeFile(config, settings)
  const limits = ['--max-examples', examples, '--seed', seed, '--request-timeout', '20', ...flags]
  const reporting = ['--report', 'json', '--report-json-path', report]
  const began = performance.now()
  const { exitCode, stdout, stderr } = await execa(
    st,
    ['--config-file', config, 'run', `${url}/openapi.json`, ...limits, ...reporting],
    { cwd: folder, reject: false },
  )
  if (exitCode !== 0) throw new Error(`schemathesis, ${names} names: ${stdout}${stderr}`)
  const { operations, test_cases: cases } = JSON.parse(await readFile(report, 'utf8'))
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  console.log(
    `schemathesis ${release}, ${names} names: ${operations.tested} of ${operations.total} operations, ` +
      `${cases.generated} cases, ${cases.unique_failures} failures; ${seconds} s`,
  )
}
