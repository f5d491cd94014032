import { CniError } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import type { DoctorTools } from '../src/doctor/doctor-tools.ts'
import { place, type SampleHost } from './sample-host.ts'

/** For tests: a doctor's tools on such a host. */
export function sampleTools(host: SampleHost): DoctorTools {
  const same = (a: object, b: object) =>
    ['network', 'containerId', 'ifname'].every(
      (key) => (a as Record<string, unknown>)[key] === (b as Record<string, unknown>)[key],
    )
  const keyOf = ({ network, attachment }: CachedAttachment) => ({ ...attachment, network })
  return {
    host: {
      runner: {
        run: async ({ operation, type }) => {
          if (operation === 'VERSION') return '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'
          host.done.push(`${operation} ${type}`)
          if (host.broken.includes(type)) throw new CniError({ code: 5, message: `no ${type}` })
          return '{"cniVersion":"1.0.0"}'
        },
      },
      cache: {
        flush: async () => undefined,
        check: async () => undefined,
        read: async (key) => host.cached.find((each) => same(keyOf(each), key)),
        write: async (entry) => void host.cached.push(entry),
        remove: async (key) => {
          host.cached = host.cached.filter((each) => !same(keyOf(each), key))
        },
        list: async (id) =>
          host.cached.filter(({ attachment }) => !id || attachment.containerId === id),
      },
      records: {
        read: async (key) => host.records.find((each) => same(each, key)),
        write: async (record) => {
          host.records = [...host.records.filter((each) => !same(each, record)), record]
        },
        flush: async () => undefined,
        remove: async (key) => {
          host.records = host.records.filter((each) => !same(each, key))
        },
        list: async (id) => host.records.filter(({ containerId }) => !id || containerId === id),
      },
      lock: { hold: async (_, work) => work() },
      rules: {
        save: async () => [{ family: 4, text: host.saved }],
        restore: async (_, text) => void host.done.push(text),
      },
      netns: {
        look: async (path) => {
          const id = host.namespaces[path]
          return id === undefined
            ? { found: 'missing', netnsId: '', ...place }
            : { found: 'namespace', netnsId: id, cookie: id, ...place }
        },
        interfaceIn: async () => undefined,
        nonce: () => 'n',
        pluginsEnded: async () => undefined,
        changeablePart: () => undefined,
        hasLink: async () => false,
        linksIn: async () => [],
        linkAt: async () =>
          host.otherEnd === '' ? undefined : { kind: 'veth', mac: '', otherEnd: host.otherEnd },
      },
      places: { netconf: '/c', dataStore: '/d', runtime: '/r', networks: '/var/lib/cni/networks' },
    },
    kernel: {
      network: async () => ({
        links: host.links,
        routes: host.links.flatMap(({ bridge, name }) =>
          bridge ? [{ prefix: '10.4.1.0/24', device: name }] : [],
        ),
        neighbours: [],
        rules: [],
      }),
      flows: async () => [],
      bridgeEntries: async () => [],
      trafficFilters: async () => [],
      facts: async () => ({
        ...{
          forwards: {},
          hiddenRules: [],
          firewallManagers: [],
          unknown: [],
        },
      }),
      fileSystem: async () => 'ext4',
      access: async () => undefined,
      openWithin: async () => [],
      whatIsAt: async () => [],
      isNamed: async () => false,
      deletedMounts: async () => [],
      restoreBridge: async ({ name }) => void host.done.push(`bridge ${name}`),
      restoreLink: async ({ name }) => void host.done.push(`link ${name}`),
    },
    namespaces: async () => ['default'],
    networks: () => ({
      list: async () => [
        ...(host.conf === '' ? [] : [{ file: '/c/lan.conflist', text: host.conf }]),
        ...host.otherConfs,
      ],
      create: async (name, text) => {
        host.done.push(`create ${name}`)
        host.conf = text
        return `/c/${name}.conflist`
      },
      dropIns: async () => [],
      kept: async () => host.kept,
      restore: async (file) => {
        const copy = host.kept.find((each) => each.file === file)
        host.done.push(`restore ${file}`)
        host.conf = copy?.text ?? ''
        return copy !== undefined
      },
      exclusively: (work) => work(),
    }),
    containers: () => ({
      folder: (id) => `/d/${id}`,
      list: async () => Object.keys(host.containers),
      read: async (id, file) => host.containers[id]?.[file],
      heldNames: async () => host.names,
      claimName: async (name) => void host.done.push(`claim ${name}`),
      releaseName: async (name) => void host.done.push(`release ${name}`),
    }),
    hosts: async () => ({
      prepare: async () => '',
      path: () => '',
      acquire: async ({ id }) => void host.done.push(`acquire ${id}`),
      release: async (...ids) => void host.done.push(`forget ${ids.join(' ')}`),
      rename: async () => undefined,
      remove: async (...ids) => void host.done.push(`remove ${ids.join(' ')}`),
      read: async () => undefined,
      list: async () => [],
      tidy: async () => {},
      stale: async () => [],
      ids: async () => host.folders.map(({ id }) => id),
      folder: async (id) =>
        host.folders.find((each) => each.id === id) ?? {
          id,
          names: 'none',
          networks: [],
        },
    }),
    ipam: async () => ({
      networks: async () => ['lan'],
      list: async () => host.reservations,
      taken: async () => [],
      held: async () => [],
      reserveFirst: async () => ({ kind: 'none' }),
      release: async () => [],
      drop: async (_, dropped) => {
        host.done.push(...dropped.map(({ address }) => `drop ${address}`))
        return dropped
      },
      removeNetwork: async () => undefined,
    }),
    ports: {
      hold: async () => ({ settled: async () => undefined }),
      release: async () => undefined,
      list: async () => [],
    },
    effectsOf: () => [],
    files: {
      append: async (path) => void host.done.push(`write ${path}`),
      remove: async () => true,
      makeFolder: async () => undefined,
    },
    forget: async () => undefined,
    writeMounted: async () => [],
    looksWithin: false,
    looksInside: () => false,
    otherSigns: async () => ({
      known: new Set(Object.keys(host.containers)),
      namespaces: new Set(),
      running: new Set(),
    }),
    memory: async () => ({ records: host.records, cached: host.cached, damaged: [] }),
    folders: () => [],
    lockNow: { hold: async (_, work) => work() },
    clock: {
      now: () => host.nowMs,
      idle: async () => undefined,
      sleep: async (ms) => {
        host.nowMs += ms
        host.meanwhile()
      },
    },
  }
}
