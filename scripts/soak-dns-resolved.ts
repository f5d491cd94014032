// systemd-resolved for soak-dns.ts: as the stub in front of ours, on the host and in a container. Its package is unpacked into a
// folder, so that the machine's resolv.conf stays.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientCase } from './soak-dns-clients.ts'

/** Starts it beside ours; questions to its stub. */
export function resolvedCases(folder: string): readonly ClientCase[] {
  execFileSync('apt-get', ['-qq', 'download', 'systemd-resolved'], { cwd: folder, stdio: 'ignore' })
  const [deb = ''] = readdirSync(folder).filter((each) => each.endsWith('.deb'))
  execFileSync('dpkg-deb', ['-x', deb, 'resolved'], { cwd: folder })
  const program = join(folder, 'resolved/lib/systemd/systemd-resolved')
  const start = [
    'mount -t tmpfs tmpfs /run',
    'mkdir -p /run/systemd/resolve /run/systemd/resolved.conf.d /run/dbus',
    'ip link set lo up',
    'cp /etc/passwd /run/passwd; echo systemd-resolve:x:0:0::/:/bin/false >>/run/passwd; mount --bind /run/passwd /etc/passwd',
    'printf "[Resolve]\\nDNS=10.9.1.1\\nDomains=~.\\nDNSSEC=no\\n" >/run/systemd/resolved.conf.d/ours.conf',
    `LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/systemd ${program} >/run/log 2>&1 & pid=$!`,
    'for i in $(seq 50); do dig +time=1 +tries=1 @127.0.0.53 localhost >/dev/null && break; sleep 0.1; done',
  ].join('; ')
  const ask = (words: string, says: RegExp): ClientCase => ({
    what: `systemd-resolved: ${words}`,
    script: `${start}; dig +time=5 +tries=1 @127.0.0.53 ${words}; kill $pid; cat /run/log`,
    says,
  })
  return [
    ask('web.lan', /\sA\s+10\.9\.1\.2/),
    ask('+tcp web.lan', /\sA\s+10\.9\.1\.2/),
    ask('web.lan AAAA', /fd09::2/),
    ask('web.vethra', /\sA\s+10\.9\.1\.2/),
    ask('-x 10.9.1.2', /web\.lan\./),
    ask('up.example.test', /192\.0\.2\.1/),
    ask('long.example.test TXT', /30-x/),
    ask('none.example.test', /status: NXDOMAIN/),
  ]
}
