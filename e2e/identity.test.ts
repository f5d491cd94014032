import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnHost } from './gate.ts'
import { executable, type Host, openHost, type Ran, untilAsleep } from './host.ts'

interface Row {
  readonly Kind: string
  readonly Severity: string
}

const netns = '/run/netns/one'

describeOnHost('a namespace, and a process, is told from the next one', () => {
  let host: Host
  let record: string
  let id: string

  beforeEach(async () => {
    host = await openHost()
    await host.vethra('network', 'create', 'lan')
    await sh('ip netns add one')
    expect(await host.vethra('cni', 'add', 'lan', netns)).toMatchObject({ exitCode: 0 })
    record = (await sh('ls /var/lib/vethra/attachments/*')).stdout.trim()
    id = JSON.parse(await text(record)).containerId
  })

  afterEach(() => host.close())

  const sh = (script: string, env = {}): Promise<Ran> => host.run(['sh', '-ec', script], { env })
  const text = async (file: string) => (await sh(`cat ${file}`)).stdout
  const rewrite = async (change: Record<string, unknown>) => {
    const changed = JSON.stringify({ ...JSON.parse(await text(record)), ...change })
    await host.run(['sh', '-c', `cat >${record}`], { input: changed })
  }
  const asOld = () =>
    rewrite({ cookie: undefined, bootId: undefined, place: undefined, nonce: undefined })
  const kinds = async () => {
    const { stdout } = await host.vethra('doctor', '--format', 'json')
    const found: readonly Row[] = JSON.parse(stdout)
    return found.map(({ Kind }) => Kind).filter((kind) => kind !== 'wrong-file-system')
  }
  const attached = async () => ({
    inside: (await sh('ip -n one link show eth0')).exitCode === 0,
    recorded: (await sh(`test -e ${record}`)).exitCode === 0,
    reserved: (await sh('ls /var/lib/cni/networks/lan | grep -c "^10\\." || true')).stdout,
  })
  const whole = { inside: true, recorded: true, reserved: '1' }
  const nothing = { inside: false, recorded: false, reserved: '0' }
  // The kernel hands an inode out again within milliseconds, to whom is chance: here the record is given that of the next.
  const anotherWithTheInode = async () => {
    await sh('ip netns del one; ip netns add one')
    await rewrite({ netnsId: (await sh(`stat -c %d:%i ${netns}`)).stdout })
  }

  it('nobody who got the path and the inode of a dead one is attached in its place', async () => {
    await anotherWithTheInode()
    expect(await kinds()).toContain('attachment-dead')
    await host.vethra('doctor', '--repair')
    expect(await attached()).toEqual(nothing)
  })

  it('nobody is either by a record of 0.1, which has no cookie', async () => {
    await asOld()
    await anotherWithTheInode()
    await host.vethra('doctor', '--repair')
    expect((await attached()).inside).toBe(false)
  })

  it.each([
    ['mounts of the host', 'unshare -m', 'mount -t tmpfs tmpfs /run/netns'],
    ['namespace, where a plain file is', 'unshare -m', `umount -l ${netns}`],
  ])('one that does not see the %s takes nothing for dead', async (_, wrapper, hide) => {
    const commands = ['doctor --repair', 'cni gc lan', 'ipam gc'].map((each) => `"$0" ${each}`)
    await sh(`${wrapper} sh -c '${hide}; ${commands.join('; ')}' ${executable} || true`)
    expect(await attached()).toEqual(whole)
    expect(await kinds()).toEqual([])
  })

  it('one in another PID namespace takes no container for dead', async () => {
    const web = `web-${host.tag}`
    const bundle = await host.bundle(web, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', web, '--network', 'lan')
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
    const inspect = `${executable} container inspect ${web}`
    const elsewhere = await sh(
      `unshare -pf --mount-proc sh -c '${executable} doctor --repair; ${inspect}' || true`,
    )
    expect(elsewhere.stdout).toContain('"State": "unknown"')
    expect(await kinds()).toEqual([])
    expect(JSON.parse((await sh(inspect)).stdout)).toMatchObject({ State: 'running' })
    const remove = await sh(`unshare -pf --mount-proc ${executable} bundle rm ${web}`)
    expect(remove).toMatchObject({ exitCode: 1 })
    expect(JSON.parse((await sh(inspect)).stdout)).toMatchObject({ State: 'running' })
  })

  it('a container whose namespace is gone, or another by now, is not joined', async () => {
    const [web, side] = [`web-${host.tag}`, `side-${host.tag}`]
    const bundle = await host.bundle(web, ['sleep', '600'])
    await host.vethra('bundle', 'prepare', bundle, '--id', web, '--network', 'lan')
    expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
    const other = await host.bundle(side, ['sleep', '600'])
    const join = () =>
      host.vethra('bundle', 'prepare', other, '--id', side, '--network', `container:${web}`)
    expect(await join()).toMatchObject({ exitCode: 0 })
    await host.vethra('bundle', 'rm', side)
    await sh(`sed -i 's/"cookie":"[0-9]*"/"cookie":"1"/' /var/lib/vethra/attachments/lan-*${web}*`)
    expect(await join()).toMatchObject({ exitCode: 1 })
  })

  it.each([
    ['record', 'attachments'],
    ['record and result', 'attachments cni/results'],
  ])(
    'nobody who got pid, MAC and address of a dead container is attached for it, its %s lost',
    async (_, lost) => {
      const web = `web-${host.tag}`
      const bundle = await host.bundle(web, ['sleep', '600'])
      const flags = ['--id', web, '--network', 'lan', '-p', '8080:80']
      await host.vethra('bundle', 'prepare', bundle, ...flags)
      expect(await host.start(bundle, web)).toMatchObject({ exitCode: 0 })
      const { pid } = JSON.parse((await host.runc('state', web)).stdout)
      const link = JSON.parse(
        (await sh(`nsenter -t ${pid} -n ip -j addr show eth0 | tr -d '\\n'`)).stdout,
      )[0]
      const [{ local, prefixlen }] = link.addr_info
      await sh(`kill -9 ${pid}`)
      const stranger = [
        `ip link add eth0 address ${link.address} type veth peer name eth9`,
        'ip link set eth0 up',
        `ip addr add ${local}/${prefixlen} dev eth0`,
        'exec sleep 600',
      ].join('; ')
      const { stdout: other } = await sh(
        `unshare -n sh -c '${stranger}' >/dev/null 2>&1 & ${untilAsleep}; echo $!`,
      )
      // Pids come round after thousands of processes: here the files of the container name that of the next.
      const files = `$(grep -rl /proc/${pid}/ /var/lib/vethra /var/lib/cni)`
      await sh(`sed -i s,/proc/${pid}/,/proc/${other.trim()}/, ${files}`)
      for (const folder of lost.split(' '))
        await sh(`rm -f /var/lib/vethra/${folder}/*${web}* /var/lib/${folder}/*${web}*`)
      await host.vethra('doctor', '--repair')
      expect((await sh(`ls /var/lib/vethra/attachments`)).stdout).not.toContain(web)
      const others = await sh(`nsenter -t ${other.trim()} -n ip -j link show eth9`)
      expect(others).toMatchObject({ exitCode: 0 })
      expect(
        (await sh('ip -o link show master $(ls /sys/class/net | grep br-)')).stdout
          .trim()
          .split('\n'),
      ).toHaveLength(1)
      await sh(`kill -9 ${other}`)
    },
  )

  it.each([
    ['in another boot', { bootId: '00000000-0000-4000-8000-000000000000' }],
    ['in a namespace of another cookie', { cookie: '1' }],
  ])('what was attached %s is gone, whatever is at its path', async (_, change) => {
    await rewrite(change)
    expect(await kinds()).toContain('attachment-dead')
    await host.vethra('doctor', '--repair')
    expect(await attached()).toMatchObject({ recorded: false, reserved: '0' })
  })

  it('a record of 0.1 gets the cookie where the interface inside is the one of ADD', async () => {
    const { cookie } = JSON.parse(await text(record))
    await asOld()
    expect(await kinds()).toEqual(['record-outdated'])
    expect(await host.vethra('doctor', '--repair')).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(await text(record))).toMatchObject({ cookie, netns })
    expect(await kinds()).toEqual([])
    await sh('ip -n one link del eth0')
    await host.vethra('doctor', '--repair')
    expect(await attached()).toEqual(whole)
  })

  it.each(['ip -n one link set eth0 address 02:00:00:00:00:99', 'ip -n one link del eth0'])(
    'a record of 0.1 is neither detached nor attached again after: %s',
    async (damage) => {
      await asOld()
      await sh(damage)
      const before = await attached()
      await host.vethra('doctor', '--repair')
      await host.vethra('cni', 'gc', 'lan')
      expect(await attached()).toEqual(before)
      expect(JSON.parse(await text(record)).cookie).toBeUndefined()
    },
  )

  // Plugins of this process go with it: only programs are waited for.
  const attachByPrograms = async () => {
    expect(await host.vethra('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0 })
    const add = ['--plugins', 'exec', 'cni', 'add', 'lan', netns]
    expect(await host.vethra(...add)).toMatchObject({ exitCode: 0 })
  }

  const pretend = async (wrapper: string, env: string) => {
    const { stdout } = await sh(
      `${wrapper} env ${env} sleep 600 >/dev/null 2>&1 & ${untilAsleep}; echo $!`,
    )
    return stdout.trim()
  }

  it.each([
    ['another user', 'setpriv --reuid=65534 --clear-groups'],
    ['a set-user-ID program of another user', 'setpriv --ruid=65534'],
    ['our own user', ''],
  ])('DEL does not wait for a process of %s that calls itself a plugin', async (_, wrapper) => {
    await attachByPrograms()
    // As after an ADD that was killed.
    await sh('rm /var/lib/cni/results/lan-*')
    const pid = await pretend(wrapper, `CNI_CONTAINERID=${id} VETHRA_NONCE=x`)
    const del = await sh(`timeout 40 ${executable} cni del lan ${netns}`)
    expect(del).toMatchObject({ exitCode: 0, stderr: '' })
    await sh(`kill -9 ${pid}`)
  })

  it('DEL waits for a plugin that has the nonce of the ADD that it takes over', async () => {
    await attachByPrograms()
    await sh('rm /var/lib/cni/results/lan-*')
    const { nonce } = JSON.parse(await text(record))
    const pid = await pretend('', `VETHRA_NONCE=${nonce}`)
    const del = await sh(`timeout 3 ${executable} cni del lan ${netns}`)
    expect(del.exitCode).toBe(124)
    await sh(`kill -9 ${pid}`)
    expect(await host.vethra('cni', 'del', 'lan', netns)).toMatchObject({ exitCode: 0 })
  })

  it('a reservation that is dead is freed though another user has a process of its name', async () => {
    const file = '/var/lib/cni/networks/lan/10.4.1.200'
    await sh(`printf 'lost\\r\\neth0' >${file}; touch -d '1 hour ago' ${file}`)
    const pid = await pretend('setpriv --reuid=65534 --clear-groups', 'CNI_CONTAINERID=lost')
    const kept = await pretend('', 'CNI_CONTAINERID=lost')
    await host.vethra('ipam', 'gc')
    expect((await sh(`test -e ${file}`)).exitCode).toBe(0)
    await sh(`kill -9 ${kept}`)
    await host.vethra('ipam', 'gc')
    expect((await sh(`test -e ${file}`)).exitCode).toBe(1)
    await sh(`kill -9 ${pid}`)
  })
})
