import { CniError } from '@vethra/cni'
import type { PluginFile, PluginFolders } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import { installPlugins, listPlugins } from '../index.ts'

const version = '{"cniVersion":"1.0.0","supportedVersions":["0.3.1","1.0.0"]}'

function folders(files: Readonly<Record<string, PluginFile>>, owner?: string) {
  const made: string[] = []
  const port: PluginFolders = {
    program: '/opt/vethra',
    list: async (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    look: async (path) => files[path],
    runnerIn: () => ({
      run: async ({ type }) => {
        if (type === 'mute') throw new CniError({ code: 104, message: 'it timed out' })
        return version
      },
    }),
    packageOf: async () => owner,
    link: async (path, target) => void made.push(`${path} -> ${target}`),
  }
  return { port, made }
}

describe('plugin install', () => {
  it('links every plugin that is not there yet', async () => {
    const { port, made } = folders({ '/p/bridge': { kind: 'own', target: '/opt/vethra' } })
    const installed = await installPlugins(port, '/p/', { force: false })
    expect(installed[0]).toBe('/p/bridge')
    expect(made).toContain('/p/host-local -> /opt/vethra')
    expect(made).toHaveLength(installed.length - 1)
  })

  it.each<
    [string, Readonly<Record<string, PluginFile>>, folder: string, owner: string | undefined]
  >([
    ["another's program", { '/p/ptp': { kind: 'program' } }, '/p', undefined],
    ["another's broken link", { '/p/ptp': { kind: 'broken', target: '/x' } }, '/p', undefined],
    ['a folder of a package', {}, '/opt/cni/bin', 'kubernetes-cni'],
    ['a folder of the system', {}, '/usr/lib/cni', undefined],
  ])('refuses %s, and changes nothing, unless it is forced', async (_, files, folder, owner) => {
    const { port, made } = folders(files, owner)
    await expect(installPlugins(port, folder, { force: false })).rejects.toMatchObject({
      code: 102,
    })
    expect(made).toEqual([])
    await installPlugins(port, folder, { force: true })
    expect(made).toContain(`${folder}/ptp -> /opt/vethra`)
  })

  it('mends a link to a vethra that was elsewhere, and never takes the place of a folder', async () => {
    const left = folders({ '/p/ptp': { kind: 'broken', target: '/old/vethra' } })
    await installPlugins(left.port, '/p', { force: false })
    expect(left.made).toContain('/p/ptp -> /opt/vethra')
    const { port } = folders({ '/p/ptp': { kind: 'other' } })
    await expect(installPlugins(port, '/p', { force: true })).rejects.toMatchObject({ code: 102 })
    await expect(installPlugins(port, 'p', { force: true })).rejects.toMatchObject({ code: 103 })
  })
})

it('plugin ls says whose each is, what it answers, and which is run in its place', async () => {
  const { port } = folders({
    '/p/bridge': { kind: 'own', target: '/opt/vethra' },
    '/p/dhcp': { kind: 'broken', target: '/gone' },
    '/p/README': { kind: 'other' },
    '/q/bridge': { kind: 'program' },
    '/q/dhcp': { kind: 'program' },
    '/q/mute': { kind: 'program' },
  })
  const rows = await listPlugins(port, ['/p', '/q'])
  const shown = rows.map(({ File, Whose, Versions, Shadowed }) => [
    File,
    Whose,
    Versions.length,
    Shadowed,
  ])
  expect(shown).toEqual([
    ['/p/bridge', 'vethra', 2, false],
    ['/p/dhcp', 'broken', 0, false],
    ['/q/bridge', 'other', 2, true],
    ['/q/dhcp', 'other', 2, false],
    ['/q/mute', 'other', 0, false],
  ])
})
