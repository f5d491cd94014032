import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { top } from './project.ts'

/**
 * What is inside of the executable, in CycloneDX: the npm packages that it is built of, by pnpm, and bun. Nothing in it
 * changes from run to run.
 */
export async function makeSbom(epochSeconds: number): Promise<string> {
  const format = [
    '--sbom-format',
    'cyclonedx',
    '--sbom-spec-version',
    '1.6',
    '--sbom-type',
    'application',
  ]
  const { stdout } = await execa(
    'pnpm',
    ['sbom', ...format, '--prod', '--filter', '@vethra/vethra'],
    { cwd: top },
  )
  const bom = JSON.parse(stdout)
  const manifest = await readFile(join(top, 'node_modules/bun/package.json'), 'utf8')
  return finishSbom(bom, { bun: JSON.parse(manifest).version, epochSeconds })
}

interface Bom {
  readonly metadata: {
    readonly component: { readonly 'bom-ref': string } & Readonly<Record<string, unknown>>
  }
  readonly components: readonly Readonly<Record<string, unknown>>[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
}

/** Adds bun, which the executable depends on, and gives it the time of the source and a serial number of its content. */
export function finishSbom(
  bom: Bom,
  { bun, epochSeconds }: { readonly bun: string; readonly epochSeconds: number },
): string {
  const ref = `pkg:npm/bun@${bun}`
  const runtime = {
    ...{ type: 'platform', name: 'bun', version: bun, purl: ref, 'bom-ref': ref },
    description: 'Run time that the executable begins with',
    licenses: [{ expression: 'MIT AND LGPL-2.0-only' }],
  }
  const root = bom.metadata.component['bom-ref']
  const dependencies = bom.dependencies.map(({ dependsOn = [], ...each }) => ({
    ...each,
    dependsOn: (each.ref === root ? [...dependsOn, ref] : dependsOn).toSorted(),
  }))
  const timestamp = new Date(epochSeconds * 1000).toISOString()
  const whole = {
    ...bom,
    metadata: { ...bom.metadata, timestamp },
    // pnpm gives them in the order in which it found them, which is another in each run.
    components: [...bom.components, runtime].toSorted(by((each) => String(each['bom-ref']))),
    dependencies: [...dependencies, { ref, dependsOn: [] }].toSorted(by((each) => each.ref)),
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ ...whole, serialNumber: '' }))}`
  return `${JSON.stringify({ ...whole, serialNumber }, null, 2)}\n`
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1)
}

/** A UUID of version 8 (RFC 9562) out of a text. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
