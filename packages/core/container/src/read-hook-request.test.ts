import { describe, expect, it } from 'vitest'
import { sampleConfig, samplePlaces, sampleRequest } from '../test/sample-bundle.ts'
import { type BundleRequest, hookRequest, type OciState, parseConfig, planBundle } from './index.ts'

const { stateDir } = samplePlaces
const nerdctl = {
  'nerdctl/namespace': 'default',
  'nerdctl/state-dir': stateDir,
  'nerdctl/networks': '["bridge"]',
  'nerdctl/extraHosts': 'null',
}

function state(annotations: Readonly<Record<string, string>>): OciState {
  const { id } = sampleRequest()
  return { ociVersion: '1.0.2', id, status: 'created', pid: 7, bundle: '/bundle', annotations }
}

function prepared(parts: Partial<BundleRequest>, pidFile?: string) {
  const places = pidFile === undefined ? samplePlaces : { ...samplePlaces, pidFile }
  const plan = planBundle(parseConfig(sampleConfig()), sampleRequest(parts), places)
  return { record: plan.record, annotations: JSON.parse(plan.config).annotations }
}

describe('hookRequest with a record', () => {
  it('does what was recorded, with addresses for the first network alone', () => {
    const networks = [
      { ref: 'lan', aliases: [] },
      { ref: 'wan', aliases: [] },
    ]
    const { record, annotations } = prepared({ networks, ip: '10.0.0.9', aliases: ['db'] })
    expect(hookRequest(state(annotations), record, stateDir)).toEqual({
      id: '0123456789abcdef',
      namespace: 'default',
      name: '',
      hostname: '0123456789ab',
      domainname: '',
      networks: [
        { ref: 'lan', ip: '10.0.0.9', aliases: ['db'] },
        { ref: 'wan', aliases: [] },
      ],
      extraHosts: [],
      ports: [],
      mode: 'cni',
    })
  })

  it('holds the record above annotations, so that a rename stays (W21)', () => {
    const { record, annotations } = prepared({ name: 'web' })
    const odd = { ...annotations, 'nerdctl/name': 'old', 'nerdctl/networks': '["other"]' }
    expect(hookRequest(state(odd), record, stateDir)).toMatchObject({
      name: 'web',
      networks: [{ ref: 'bridge' }],
    })
  })

  it('writes a pid file only where prepare said', () => {
    const { record, annotations } = prepared({}, '/run/web.pid')
    expect(hookRequest(state(annotations), record, stateDir).pidFile).toBe('/run/web.pid')
    const moved = { ...annotations, 'nerdctl/pid-file': '/etc/passwd' }
    expect(() => hookRequest(state(moved), record, stateDir)).toThrow(refusal('nerdctl/pid-file'))
  })

  it('refuses an annotation that names the namespace of another record', () => {
    const { record, annotations } = prepared({})
    const other = { ...annotations, 'nerdctl/namespace': 'other' }
    expect(() => hookRequest(state(other), record, stateDir)).toThrow(refusal('nerdctl/namespace'))
  })

  it('refuses to serve a container under another id', () => {
    const { record, annotations } = prepared({ id: 'other' })
    expect(() => hookRequest(state(annotations), record, stateDir)).toThrow(
      expect.objectContaining({ code: 107, message: expect.stringContaining('other') }),
    )
  })
})

describe('hookRequest without a record', () => {
  it('takes what nerdctl wrote', () => {
    const annotations = {
      ...nerdctl,
      'nerdctl/networks': '["lan","wan"]',
      'nerdctl/extraHosts': '["db:10.0.0.5","six:[fd00::5]"]',
      'nerdctl/name': 'web',
      'nerdctl/hostname': '0123456789ab',
      'nerdctl/domainname': '',
      'nerdctl/ip': '10.0.0.9',
      'nerdctl/mac-address': '02:42:AC:11:00:02',
      'nerdctl/ports': '[{"HostPort":80,"ContainerPort":8080,"Protocol":"tcp","HostIP":"0.0.0.0"}]',
      'nerdctl/unknown': '\n',
    }
    expect(hookRequest(state(annotations), undefined, stateDir)).toMatchObject({
      name: 'web',
      hostname: '0123456789ab',
      domainname: '',
      networks: [
        { ref: 'lan', ip: '10.0.0.9', macAddress: '02:42:ac:11:00:02', aliases: [] },
        { ref: 'wan', aliases: [] },
      ],
      extraHosts: [
        ['db', '10.0.0.5'],
        ['six', 'fd00::5'],
      ],
      ports: [{ hostPort: 80, containerPort: 8080 }],
      mode: 'cni',
    })
  })

  it('gives the same as the record, where annotations can say it', () => {
    const { record, annotations } = prepared({ name: 'web', ip: '10.0.0.9', hostname: 'h' })
    expect(hookRequest(state(annotations), undefined, stateDir)).toEqual(
      hookRequest(state(annotations), record, stateDir),
    )
  })

  it.each([
    ['nerdctl/state-dir', '/etc'],
    ['nerdctl/pid-file', '/etc/passwd'],
    ['nerdctl/network-namespace', '/proc/1/ns/net'],
    ['nerdctl/namespace', '../..'],
    ['nerdctl/namespace', 'a\nb'],
    ['nerdctl/networks', '"bridge"'],
    ['nerdctl/networks', '["../x"]'],
    ['nerdctl/networks', '["none","host"]'],
    ['nerdctl/networks', '{'],
    ['nerdctl/extraHosts', '["a\\n6.6.6.6 bank:1.2.3.4"]'],
    ['nerdctl/extraHosts', '["no-address"]'],
    ['nerdctl/name', '../../x'],
    ['nerdctl/hostname', 'a\nb'],
    ['nerdctl/domainname', 'a b'],
    ['nerdctl/ip', '10.0.0'],
    ['nerdctl/ip6', '::1;K=V'],
    ['nerdctl/mac-address', '02:42;IP=1.2.3.4'],
    ['nerdctl/ports', '7'],
  ])('refuses %s %j, and names it', (key, value) => {
    const hostile = state({ ...nerdctl, [key]: value })
    expect(() => hookRequest(hostile, undefined, stateDir)).toThrow(refusal(key))
  })

  it.each([
    ['nerdctl/state-dir', 'state dir must be set'],
    ['nerdctl/namespace', 'namespace must be set'],
    ['nerdctl/networks', 'networks must be set'],
  ])('refuses a bundle without %s', (key, details) => {
    const { [key as 'nerdctl/namespace']: _, ...rest } = nerdctl
    expect(() => hookRequest(state(rest), undefined, stateDir)).toThrow(
      expect.objectContaining({ code: 107, message: `annotation ${key} is missing`, details }),
    )
  })
})

function refusal(key: string) {
  return expect.objectContaining({
    code: 107,
    message: expect.stringContaining(`annotation ${key} `),
    hint: expect.any(String),
  })
}
