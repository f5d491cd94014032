import { describe, expect, it } from 'vitest'
import { planned, sampleConfig, samplePlaces } from '../test/sample-bundle.ts'
import { parseRecord, renderRecord } from './record.ts'

const id = '0123456789abcdef'
const podman = `/run/containers/storage/overlay-containers/${id}/userdata`
const mountsOf = (source: string) => [
  { destination: '/etc/hosts', type: 'bind', source, options: ['bind', 'rprivate', 'ro'] },
]
const sourcesOf = (mounts: readonly { destination: string; source: string }[]) =>
  mounts.filter(({ destination }) => destination === '/etc/hosts').map(({ source }) => source)

describe('a plan that an OCI runtime asks for', () => {
  it.each([
    `${podman}/hosts`,
    `/home/u/.local/share/containers/storage/vfs-containers/${id}/userdata/hosts`,
    `/var/lib/docker/containers/${id}/hosts`,
  ])('replaces the mount of %s, and says so', (source) => {
    const text = sampleConfig({ mounts: mountsOf(source) })
    const plan = planned({ byRuntime: true }, text)
    expect(sourcesOf(plan.json.mounts)).toEqual([samplePlaces.hosts])
    expect(plan.warnings).toEqual([expect.stringContaining(source)])
    expect(sourcesOf(planned({}, text).json.mounts)).toEqual([source])
  })

  it.each([
    '/etc/hosts',
    '/srv/hosts',
    '/run/containers/storage/overlay-containers/other/userdata/hosts',
    `${podman}/other`,
    '/var/lib/docker/containers/other/hosts',
    `/srv/${id}/hosts`,
  ])("keeps the user's own mount of %s", (source) => {
    const plan = planned({ byRuntime: true }, sampleConfig({ mounts: mountsOf(source) }))
    expect(sourcesOf(plan.json.mounts)).toEqual([source])
    expect(plan.warnings).toEqual([])
  })

  it('keeps both mounts of one place, of which the last counts', () => {
    const mounts = [...mountsOf(`${podman}/hosts`), ...mountsOf('/srv/hosts')]
    const plan = planned({ byRuntime: true }, sampleConfig({ mounts }))
    expect(sourcesOf(plan.json.mounts)).toEqual([`${podman}/hosts`, '/srv/hosts'])
  })

  it('leaves a network namespace that the bundle names', () => {
    const namespaces = [{ type: 'network', path: '/run/netns/x' }, { type: 'uts' }]
    const text = sampleConfig({ linux: { namespaces } })
    const plan = planned({ byRuntime: true, networks: [{ ref: 'lan', aliases: [] }] }, text)
    expect(plan.json.linux.namespaces).toEqual(namespaces)
    expect(() => planned({}, text)).toThrow(expect.objectContaining({ code: 107 }))
  })

  it('has the container forgotten when it has stopped', () => {
    const { record } = planned({ byRuntime: true })
    expect(parseRecord(JSON.parse(JSON.stringify(renderRecord(record))))).toMatchObject({
      transient: true,
    })
    expect(renderRecord(planned().record)).not.toHaveProperty('transient')
    expect(() => parseRecord({ ...renderRecord(record), transient: 'yes' })).toThrow(
      expect.objectContaining({ code: 107 }),
    )
  })
})
