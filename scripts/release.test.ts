import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manPages } from './man.ts'
import { roff } from './man-roff.ts'
import { workspacePackages } from './packages.ts'
import { placeholders, readProject, top } from './project.ts'
import { changelog } from './release-changelog.ts'
import { control } from './release-deb.ts'
import { notices } from './release-notices.ts'
import { finishSbom } from './release-sbom.ts'
import { isPage } from './release-tarball.ts'
import { versionFaults } from './release-version.ts'

describe('man pages', () => {
  it('there is one for each command, with its options and examples, and one for vethra.toml', async () => {
    const pages = await manPages()
    const create = pages.get('vethra-network-create.1') ?? ''
    expect(create).toContain('.TP\n\\fB\\-\\-subnet <cidr>\\fR\n')
    expect(create).toMatch(/^\.SH "EXAMPLES"\n\.RS 4\n\.nf\nvethra network create lan\n/m)
    expect(create).toContain('OPTIONS OF \\-O')
    expect(pages.get('vethra.1')).toContain('\\fB\\-\\-data\\-root DIR\\fR')
    expect(pages.get('vethra.toml.5')).toContain('\\fBplugin_timeout\\fR')
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining(['vethra-container-port.1', 'vethra-daemon.1']),
    )
    expect([...pages.values()].filter((page) => page.includes('undefined'))).toEqual([])
  })

  it.each([
    ['.SH', '\\&.SH'],
    ["it's", 'it\\(aqs'],
    ['a\\b', 'a\\eb'],
    ['--x', '\\-\\-x'],
  ])('%s is printed as it is', (text, expected) => {
    expect(roff(text)).toBe(expected)
  })
})

describe('a release', () => {
  const project = {
    ...{
      name: 'x',
      maintainer: 'A <a@b.org>',
      homepage: 'https://b.org',
      repository: 'https://b.org/x',
    },
    ...{
      bugs: 'https://b.org/bugs',
      security: 's@b.org',
      description: 'A thing',
      keywords: ['cni'],
    },
  }

  it.each(['s@vethra.example', 'https://example.com/x', 'a@x.invalid', ' '])(
    'a placeholder is found: %s',
    (security) => {
      expect(placeholders({ ...project, security })).toEqual(['security'])
    },
  )

  it('names that somebody owns are none, and those of the repository are some', async () => {
    expect(placeholders(project)).toEqual([])
    expect(placeholders(await readProject())).toContain('security')
  })

  it('an SBOM has bun in it, and is the same in whichever order pnpm lists packages', () => {
    const bom = {
      metadata: { component: { 'bom-ref': 'root' }, timestamp: 'now' },
      components: [{ 'bom-ref': 'z' }, { 'bom-ref': 'a' }],
      dependencies: [{ ref: 'root', dependsOn: ['z', 'a'] }, { ref: 'a' }],
    }
    const text = finishSbom(bom, { bun: '1.4.5', epochSeconds: 60 })
    expect(JSON.parse(text)).toMatchObject({
      metadata: { timestamp: '1970-01-01T00:01:00.000Z' },
      components: [{ 'bom-ref': 'a' }, { name: 'bun', version: '1.4.5' }, { 'bom-ref': 'z' }],
      dependencies: [
        { ref: 'a', dependsOn: [] },
        { ref: 'pkg:npm/bun@1.4.5' },
        { ref: 'root', dependsOn: ['a', 'pkg:npm/bun@1.4.5', 'z'] },
      ],
    })
    const other = {
      ...bom,
      components: bom.components.toReversed(),
      dependencies: [{ ref: 'a' }, { ref: 'root', dependsOn: ['a', 'z'] }],
    }
    expect(finishSbom(other, { bun: '1.4.5', epochSeconds: 60 })).toBe(text)
  })

  it('what is under the MIT licence comes with its text, bun and packages without a file included', async () => {
    const licenses = [{ license: { id: 'MIT' } }]
    const bun = { name: 'bun', version: '1.4.5' }
    const others = ['mit', 'isc'].map((name) => ({ name, version: '0.0.0', licenses }))
    const components = [bun, others[0], { ...others[1], licenses: [{ license: { id: 'ISC' } }] }]
    const text = await notices(JSON.stringify({ components }))
    expect(text.match(/^ Permission is hereby granted, free of charge/gm)).toHaveLength(2)
    expect(text).toContain('As the package says: ISC.')
  })

  it.each([
    ['docs', true],
    ['docs/decisions/0001-a.md', true],
    ['docs/api', false],
    ['docs/typedoc/node_modules/a.js', false],
  ])('a tarball has pages, and nothing that typedoc needs or makes: %s %s', (path, isOne) => {
    expect(isPage(path)).toBe(isOne)
  })

  it('a version before a release sorts before it for dpkg', () => {
    expect(control(project, { version: '1.0.0-rc.1', architecture: 'amd64' }, 7)).toMatch(
      /^Package: vethra\nVersion: 1\.0\.0~rc\.1\nArchitecture: amd64\n/,
    )
  })

  it('a changelog has a line a commit, with its component', () => {
    expect(changelog(['cli: more', 'plain', ''], '1.0.0')).toBe(
      '# Vethra 1.0.0\n\n- **cli**: more\n- plain\n',
    )
  })

  it('all packages are of the version of the sources, and others are named', async () => {
    const files = (await versionFaults('9.9.9')).map((fault) => fault.split(':')[0])
    expect(files).toContain('packages/core/settings/src/version.ts')
    expect(files).toContain('apps/vethra/package.json')
  })
})

describe('a package for npm', () => {
  it('each public one builds itself before it is packed', async () => {
    const all = (await workspacePackages(top)).filter((each) => !each.private)
    const builds = all.map(({ folder }) => {
      const { scripts } = JSON.parse(readFileSync(join(top, folder, 'package.json'), 'utf8'))
      const [, file = ''] = /^node (.*)$/.exec(scripts?.prepack) ?? []
      return [folder, join(top, folder, file)]
    })
    expect(builds).toEqual(all.map(({ folder }) => [folder, join(top, 'scripts/prepack.ts')]))
  })

  it('has owner and URLs of project.json, ranges between ours, and no scripts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vethra-pack-test-'))
    try {
      const cwd = join(import.meta.dirname, '../packages/core/cni')
      // Its build has checks of its own: here it would meet the gate's.
      const flags = ['--config.ignore-scripts=true', '--silent', '--pack-destination', folder]
      execFileSync('pnpm', ['pack', ...flags], { cwd })
      const [file = ''] = readdirSync(folder)
      execFileSync('tar', ['-xf', join(folder, file), '-C', folder])
      const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'))
      const { homepage, bugs } = await readProject()
      expect(manifest).toMatchObject({
        ...{ homepage, bugs: { url: bugs }, repository: { directory: 'packages/core/cni' } },
        dependencies: { '@vethra/address': expect.stringMatching(/^\^\d/) },
        publishConfig: { access: 'public', provenance: true },
      })
      expect([manifest.devDependencies, manifest.scripts]).toEqual([undefined, undefined])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
