import { expect, it } from 'vitest'
import { profileText } from './profile-text.ts'

// AppArmor's globs as regular expressions: ** takes slashes, * does not (apparmor.d(5), "Globbing").
function denies(path: string, right: string): boolean {
  return profileText()
    .split('\n')
    .flatMap((line) => {
      const [, glob, rights = ''] = /^ {2}deny (\/\S+) ([a-z]+),$/.exec(line) ?? []
      return glob && rights.includes(right) ? [glob] : []
    })
    .some((glob) => {
      const text = glob.replaceAll('**', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '.+')
      return new RegExp(`^${text}$`).test(path)
    })
}

it.each([
  ['/proc/sysrq-trigger', 'w', true],
  ['/proc/sysrq-trigger', 'r', true],
  ['/proc/kcore', 'r', true],
  ['/proc/meminfo', 'r', false],
  ['/proc/meminfo', 'w', true],
  ['/proc/1/oom_score_adj', 'w', false],
  ['/proc/4711/attr/exec', 'w', false],
  ['/proc/irq/1/smp_affinity', 'w', true],
  ['/proc/scsi/scsi', 'w', true],
  ['/proc/sysvipc/shm', 'w', true],
  ['/proc/sys/vm/overcommit_memory', 'w', true],
  ['/proc/sys/kernel/core_pattern', 'w', true],
  ['/proc/sys/kernel/sem', 'w', true],
  ['/proc/sys/kernel/shmmax', 'w', false],
  ['/proc/sys/kernel/shmmax', 'r', false],
  ['/sys/kernel/uevent_helper', 'w', true],
  ['/sys/kernel/uevent_helper', 'r', false],
  ['/sys/fs/cgroup/memory/memory.limit_in_bytes', 'w', false],
  ['/sys/fs/bpf/pinned', 'w', true],
  ['/sys/fs/cgroups/x', 'w', true],
  ['/sys/firmware/efi/vars', 'r', true],
  ['/sys/kernel/security/apparmor/.load', 'r', true],
  ['/sys/devices/virtual/powercap/energy_uj', 'r', true],
  ['/sys/class/net/eth0/address', 'r', false],
  ['/home/user/file', 'w', false],
])('%s with %s: denied is %s', (path, right, denied) => {
  expect(denies(path, right)).toBe(denied)
})

it('mounting is denied, and signals come from the container itself and from those who run it', () => {
  const lines = profileText().split('\n')
  expect(lines[0]).toBe('profile nerdctl-default flags=(attach_disconnected,mediate_deleted) {')
  expect(lines).toContain('  deny mount,')
  expect(lines.filter((line) => line.includes('signal'))).toEqual([
    '  signal (receive) peer=unconfined,',
    '  signal (receive) peer=runc,',
    '  signal (receive) peer=crun,',
    '  signal (send,receive) peer=nerdctl-default,',
  ])
})
