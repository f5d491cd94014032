import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran, way } from './host.ts'
import { type RunningDaemon, startDaemon, type Told, until } from './running-daemon.ts'

/** Within this time a fault on a host with a few containers is repaired: docs/daemon.md says 5 seconds, and this machine is shared. */
const statedMs = 30_000

const networks = '/var/lib/cni/networks'

describeOnHost('behind the back of the daemon', () => {
  let host: Host
  let daemon: RunningDaemon
  let web: string
  let db: string

  // One host for all: each test leaves it as it should be.
  beforeAll(async () => {
    host = await openHost()
    web = `web-${host.tag}`
    db = `db-${host.tag}`
    await host.vethra('network', 'create', 'lan')
    await start(db, '--hostname', 'db')
    await start(web, '--hostname', 'web', '-p', '127.0.0.1:8080:80')
    await sh(foreign)
    // Changes alone must wake it: the timer will not.
    daemon = await startDaemon(host, '--reconcile-interval', '3600')
    await until(async () => (await daemon.ask('/health')).status === 200)
  })

  afterAll(async () => {
    await daemon?.end('SIGKILL')
    await host?.close()
  })

  // What is of others: an interface, rules, a network's reservations, a conf list.
  const foreign = [
    'ip link add br-other type bridge; ip addr add 10.99.0.1/24 dev br-other',
    'iptables -N OTHER; iptables -A OTHER -s 10.99.0.0/24 -j ACCEPT; iptables -A FORWARD -j OTHER',
    `mkdir -p ${networks}/other; printf 'someone\\r\\neth0' >${networks}/other/10.99.0.2`,
    `touch -d '1 hour ago' ${networks}/other/10.99.0.2`,
    'echo "{}" >/etc/cni/net.d/50-other.conflist',
  ].join('; ')
  const ofOthers = async () =>
    (
      await sh(
        `ip -j addr show br-other; iptables -S | grep OTHER; cd ${networks}/other; ls -l --full-time; cat *; cat /etc/cni/net.d/50-other.conflist`,
      )
    ).stdout

  const sh = (script: string): Promise<Ran> => host.run(['sh', '-ec', script])
  async function start(id: string, ...flags: readonly string[]): Promise<void> {
    const bundle = await host.bundle(id, ['sleep', '600'])
    const prepared = await host.vethra(
      ...['bundle', 'prepare', bundle, '--id', id, '--network', 'lan', ...flags],
    )
    expect(prepared).toMatchObject({ exitCode: 0 })
    expect(await host.start(bundle, id)).toMatchObject({ exitCode: 0 })
  }
  const pings = async (from: string, to: string) =>
    /1 packets received/.test(
      (await host.runc('exec', from, 'ping', '-c', '1', '-W', '1', to)).stdout,
    )
  const addressOf = async (id: string) => {
    const { json } = await daemon.ask(`/containers/${id}`)
    const { lan } = (json as { Networks: Record<string, { Addresses: string[] }> }).Networks
    return lan?.Addresses[0]?.split('/')[0] ?? ''
  }
  const rules = async () => (await host.snapshot()).rules.toSorted()
  let mark = 0
  /** The events of a type since the fault. */
  const told = async (type: string): Promise<readonly Told[]> =>
    (await daemon.events()).filter(({ Type, ID }) => Type === type && Number(ID) > mark)
  /** What was repaired since the fault, by kind. */
  const repaired = async () => (await told('repair-done')).map(({ Repair = '' }) => Repair)
  const marked = async () => {
    mark = Number((await daemon.events()).at(-1)?.ID)
    return ofOthers()
  }
  const allIsRight = async () => {
    const findings = (await daemon.ask('/findings')).json as readonly { Repair: string }[]
    return findings.every(({ Repair }) => Repair === '')
  }

  it('all rules are flushed: ours come back as they were', async () => {
    await marked()
    const before = await rules()
    const ours = (all: readonly string[]) =>
      all.filter((rule) => /^(-A|[a-z]+[46]?) (?!FORWARD -j OTHER|OTHER)/.test(rule))
    expect(ours(before).join()).toContain('8080')
    await sh('nft flush ruleset')
    await until(async () => ours(await rules()).length >= ours(before).length, statedMs)
    await until(allIsRight, statedMs)
    expect(new Set(ours(await rules()))).toEqual(new Set(ours(before)))
    expect((await rules()).join()).not.toContain('OTHER')
    await sh(foreign.split('; ').slice(2, 5).join('; '))
    expect(await repaired()).toContain(way === 'exec' ? 'restore-rules' : 'restore-elements')
  })

  it('a rule is removed twice within a minute: it stays removed, and is told, until all are flushed', async () => {
    const others = await marked()
    const address = await addressOf(web)
    const [removal, left] =
      way === 'exec'
        ? [
            `iptables -D CNI-FORWARD -s ${address}/32 -j ACCEPT`,
            `iptables -C CNI-FORWARD -s ${address}/32 -j ACCEPT`,
          ]
        : [
            'nft delete element inet vethra a4 { 127.0.0.1 . tcp . 8080 }',
            'nft get element inet vethra a4 { 127.0.0.1 . tcp . 8080 }',
          ]
    const isThere = async () => (await sh(left)).exitCode === 0
    expect((await sh(removal)).exitCode).toBe(0)
    await until(isThere, statedMs)
    await until(async () => (await told('finding-gone')).length > 0, statedMs)
    expect((await sh(removal)).exitCode).toBe(0)
    await until(async () => (await told('finding-appeared')).length > 1, statedMs)
    // Other changes do not bring it back.
    await sh('ip addr add 10.98.0.1/32 dev lo; ip addr del 10.98.0.1/32 dev lo')
    await setTimeout(1500)
    expect(await isThere()).toBe(false)
    expect((await told('repair-done')).length).toBe(1)
    const findings = (await daemon.ask('/findings')).json as readonly { Kind: string }[]
    const kind = way === 'exec' ? 'forwarding-missing' : 'ports-closed'
    expect(findings.map(({ Kind }) => Kind)).toContain(kind)
    expect(await ofOthers()).toBe(others)
    await sh('nft flush ruleset')
    await until(isThere, statedMs)
    await until(allIsRight, statedMs)
    await sh(foreign.split('; ').slice(2, 5).join('; '))
  })

  it('interfaces are deleted: a container has its address again, a bridge is made anew', async () => {
    const others = await marked()
    const address = await addressOf(db)
    const { pid } = JSON.parse((await host.runc('state', db)).stdout) as { pid: number }
    await sh(`nsenter -t ${pid} -n ip link delete eth0`)
    await until(() => pings(web, address), statedMs)
    expect(await addressOf(db)).toBe(address)
    await until(async () => (await repaired()).includes('reattach'), statedMs)
    const bridge = (
      await sh("ip -j link show type bridge | grep -o 'br-[0-9a-f]\\{12\\}' | head -1")
    ).stdout
    await sh(`ip link delete ${bridge}`)
    await until(() => pings(web, 'db'), statedMs)
    await until(allIsRight, statedMs)
    expect(await ofOthers()).toBe(others)
  })

  it('files are planted and damaged: the one goes, the other is whole again', async () => {
    const others = await marked()
    const planted = `${networks}/lan/10.4.1.200`
    const meta = `/var/lib/vethra/*/etchosts/default/${web}/meta.json`
    const whole = JSON.parse((await sh(`cat ${meta}`)).stdout) as unknown
    await sh(`printf 'nobody\\r\\neth0' >/run/planted; touch -d '1 hour ago' /run/planted`)
    const hostname = `/var/lib/vethra/*/containers/default/${web}/hostname`
    await sh(
      `cp -p /run/planted ${planted}; rm ${hostname}; for f in ${meta}; do echo '{' >$f; done`,
    )
    await until(async () => (await sh(`test ! -e ${planted}`)).exitCode === 0, statedMs)
    await until(async () => {
      const { stdout } = await sh(`cat ${meta}`)
      return stdout !== '{'
    }, statedMs)
    expect(JSON.parse((await sh(`cat ${meta}`)).stdout)).toEqual(whole)
    await until(allIsRight, statedMs)
    expect((await sh(`cat ${hostname}`)).stdout).toBe('web')
    expect(await pings(db, 'web')).toBe(true)
    expect(await ofOthers()).toBe(others)
  })

  it('the daemon itself is killed in mid-repair: the next one ends what it began', async () => {
    const others = await marked()
    // Programs take longer: fewer are enough to be killed among.
    const names = Array.from({ length: way === 'exec' ? 24 : 60 }, (_, index) => `n${index}`)
    await sh(names.map((name) => `ip netns add ${name}`).join('; '))
    await Promise.all(names.map((name) => host.vethra('cni', 'add', 'lan', `/run/netns/${name}`)))
    await daemon.end('SIGKILL')
    await sh(names.map((name) => `ip netns delete ${name}`).join('; '))
    const again = [executable, 'daemon', '--socket', daemon.socket, '--reconcile-interval', '3600']
    const killed = await host.run(again, { env: { VETHRA_FAULT: 'kill:150' } })
    expect(killed.stderr).toMatch(/killed at step/)
    const before = (await sh('ls /var/lib/cni/results')).stdout.split('\n').length
    expect(before).toBeGreaterThan(2)
    expect(before).toBeLessThan(names.length + 2)
    daemon = await startDaemon(host, '--reconcile-interval', '3600')
    const results = async () => (await sh('ls /var/lib/cni/results')).stdout.split('\n').length
    await until(async () => (await results()) === 2, statedMs)
    await until(allIsRight, statedMs)
    const events = (await daemon.events()).filter(({ ID }) => Number(ID) > mark)
    const ids = events.map(({ ID }) => Number(ID))
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    // The story: it was killed twice, and everything that was begun was done in the end.
    const types = events.map(({ Type }) => Type)
    expect(types.filter((type) => type === 'daemon-started')).toHaveLength(2)
    expect(types).not.toContain('daemon-stopping')
    expect(types).not.toContain('repair-failed')
    expect(types.filter((type) => type === 'repair-done').length).toBeGreaterThanOrEqual(4)
    expect((await sh(`ls ${networks}/lan | grep -c '^10'`)).stdout).toBe('2')
    expect(await ofOthers()).toBe(others)
  })

  it('a container is killed, and its network namespace goes: what it held is freed', async () => {
    const others = await marked()
    const address = await addressOf(web)
    const { pid } = JSON.parse((await host.runc('state', web)).stdout) as { pid: number }
    await sh(`kill -9 ${pid}; rm -rf ${host.folder}/runc/${web}`)
    const left = async () => (await sh(`ls ${networks}/lan; iptables-save`)).stdout
    await until(async () => !(await left()).includes(address), statedMs)
    await until(async () => (await told('repair-done')).length > 0, statedMs)
    expect((await told('finding-appeared')).map(({ Finding }) => Finding)).toContain(
      `attachment-dead lan/default-${web}/eth0`,
    )
    expect(await repaired()).toContain('detach')
    await until(async () => (await told('finding-gone')).length > 0, statedMs)
    expect((await host.runc('exec', db, 'cat', '/etc/hosts')).stdout).not.toContain('web')
    expect(await ofOthers()).toBe(others)
    const metrics = (await daemon.ask('/metrics')).text
    expect(metrics).toMatch(/^vethra_repairs_total\{kind="detach",outcome="done"\} [1-9]/m)
    await until(allIsRight, statedMs)
    expect(await pings(db, '10.4.1.1')).toBe(true)
  })
})
