// Questions of resolvers that people have, for soak-dns.ts: the command in a container, and what it must say.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A client's question. */
export interface ClientCase {
  readonly what: string
  /** A script in container `db`. */
  readonly script: string
  readonly says: RegExp
}

const servers = ['10.9.1.1', 'fd09::1'] as const
const transports = ['+notcp', '+tcp'] as const
const status = (word: string) => new RegExp(`status: ${word}`)

/** dig: both transports to both addresses, EDNS sizes, types and classes of all kinds. */
export const digCases: readonly ClientCase[] = servers.flatMap((server) =>
  transports.flatMap((transport) => {
    const dig = (words: string, says: RegExp): ClientCase => ({
      what: `dig ${transport} @${server} ${words}`,
      script: `dig +time=3 +tries=1 ${transport} @${server} ${words}`,
      says,
    })
    return [
      dig('web', /\sA\s+10\.9\.1\.2/),
      dig('web AAAA', /\sAAAA\s+fd09::2/),
      dig('WEB.Lan', /\sA\s+10\.9\.1\.2/),
      dig('shop', /\sA\s+10\.9\.1\.2/),
      dig('-x 10.9.1.2', /PTR\s+web\.lan\./),
      dig('-x fd09::2', /PTR\s+web\.lan\./),
      dig('_8081._tcp.web SRV', /SRV\s+0 0 80 web\.lan\./),
      dig('up.example.test', /\sA\s+192\.0\.2\.1/),
      dig('up.example.test AAAA', /2001:db8::1/),
      dig('none.example.test', status('NXDOMAIN')),
      dig('nobody', status('NXDOMAIN')),
      dig('+noedns web', /\sA\s+10\.9\.1\.2/),
      ...[512, 1232, 4096, 65_535].map((size) => dig(`+bufsize=${size} web`, /\sA\s+10\.9\.1\.2/)),
      dig(
        '+bufsize=512 long.example.test TXT',
        transport === '+tcp' ? /30-x/ : /30-x|flags:[^;]* tc/,
      ),
      dig('+edns=1 +noednsnegotiation web', status('BADVERS')),
      dig('+ednsopt=10:0123456789abcdef web', /\sA\s+10\.9\.1\.2/),
      dig('web ANY', status('NOERROR')),
      dig('web HTTPS', status('NOERROR')),
      dig('web SVCB', status('NOERROR')),
      dig('web TYPE65400', status('NOERROR')),
      dig('version.bind TXT CH', /"vethra/),
      dig('hostname.bind TXT CH', status('REFUSED')),
      dig('web A HS', status('REFUSED')),
      dig('lan AXFR', transport === '+tcp' ? /Transfer failed|REFUSED/ : /REFUSED|failed/),
      dig('lan IXFR=1', /^(?![\s\S]*\sA\s+10\.)/),
      dig('+opcode=NOTIFY web', status('NOTIMP')),
      dig('+opcode=UPDATE web', status('NOTIMP')),
    ]
  }),
)

const musl = `
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
int main(int n, char **v) {
  struct addrinfo hints, *all, *each;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  int error = getaddrinfo(v[1], 0, &hints, &all);
  if (error) return printf("error %s\\n", gai_strerror(error)), 1;
  for (each = all; each; each = each->ai_next) {
    char text[64];
    getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, 0, 0, NI_NUMERICHOST);
    puts(text);
  }
  return 0;
}`

const go = `package main

import ("fmt"; "net"; "os")

func main() {
	found, err := net.LookupHost(os.Args[1])
	names, _ := net.LookupAddr("10.9.1.2")
	fmt.Println(found, err, names)
}`

/** The resolvers of glibc, musl and Go; programs are compiled into a folder. Those whose compiler is missing are named. */
export function resolverCases(folder: string): {
  readonly cases: readonly ClientCase[]
  readonly missing: readonly string[]
} {
  const cases: ClientCase[] = [
    ask('glibc', 'getent ahosts', '', ['10.9.1.2', 'fd09::2']),
    ask('glibc over TCP', 'getent ahosts', 'use-vc', ['10.9.1.2', 'fd09::2']),
    { what: 'glibc: PTR', script: 'getent hosts 10.9.1.2', says: /web\.lan/ },
    { what: 'glibc: no such name', script: 'getent ahosts nobody; echo $?', says: /^2$/ },
  ]
  const missing: string[] = []
  const compile = (name: string, source: string, command: readonly [string, ...string[]]) => {
    const [program, ...flags] = command
    writeFileSync(join(folder, source.startsWith('package') ? 'ask.go' : 'ask.c'), source)
    if (!existsSync(program)) missing.push(name)
    else
      execFileSync(program, flags, {
        cwd: folder,
        env: {
          ...process.env,
          CGO_ENABLED: '0',
          GOCACHE: join(folder, 'cache'),
          GO111MODULE: 'off',
        },
      })
    return existsSync(program)
  }
  if (compile('musl', musl, ['/usr/bin/musl-gcc', '-static', '-o', 'ask-musl', 'ask.c'])) {
    cases.push(
      ask('musl', join(folder, 'ask-musl'), '', ['10.9.1.2', 'fd09::2']),
      {
        what: 'musl: no such name',
        script: `${join(folder, 'ask-musl')} nobody`,
        says: /error Name does not resolve/,
      },
      {
        what: 'musl: upstream',
        script: `${join(folder, 'ask-musl')} up.example.test`,
        says: /192\.0\.2\.1/,
      },
    )
  }
  if (compile('Go', go, ['/usr/local/go/bin/go', 'build', '-o', 'ask-go', 'ask.go'])) {
    cases.push(
      ask('Go', join(folder, 'ask-go'), '', ['10.9.1.2', 'fd09::2', 'web.lan.']),
      ask('Go over TCP', join(folder, 'ask-go'), 'use-vc', ['10.9.1.2', 'fd09::2', 'web.lan.']),
      {
        what: 'Go: no such name',
        script: `${join(folder, 'ask-go')} nobody`,
        says: /no such host/,
      },
      {
        what: 'Go: upstream',
        script: `${join(folder, 'ask-go')} up.example.test`,
        says: /192\.0\.2\.1/,
      },
    )
  }
  return { cases, missing }
}

function ask(what: string, program: string, option: string, wanted: readonly string[]): ClientCase {
  const own =
    option === ''
      ? ''
      : `cp /etc/resolv.conf /tmp/rc; echo options ${option} >>/tmp/rc; mount --bind /tmp/rc /etc/resolv.conf; `
  const says = new RegExp(
    wanted.map((each) => `(?=[\\s\\S]*${each.replaceAll('.', '\\.')})`).join(''),
  )
  return {
    what: `${what}: addresses`,
    script: `mount -t tmpfs tmpfs /mnt; ${own.replaceAll('/tmp/rc', '/mnt/rc')}${program} web`,
    says,
  }
}
