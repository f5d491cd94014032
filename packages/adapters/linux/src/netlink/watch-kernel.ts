import { closeSync } from 'node:fs'
import { type CniError, ioError } from '@vethra/cni'
import { explainErrno, splitMessages } from '@vethra/netlink'
import type { HostWatch, WatchHearer } from '@vethra/world'
import { watchAll } from '../host-watch/watch-host.ts'
import { bindTo, errorNumber, libc, setOption } from './libc-in-bun.ts'

/** A group of netlink messages that the kernel sends by itself, and what it is about. */
interface Hearing {
  readonly what: string
  readonly protocol: number
  readonly groups: readonly number[]
}

/** RTNLGRP_LINK, _IPV4_IFADDR, _IPV6_IFADDR; NFNLGRP_NFTABLES. */
const hearings: readonly Hearing[] = [
  { what: 'interfaces and addresses', protocol: 0, groups: [1, 5, 9] },
  { what: 'nftables', protocol: 12, groups: [7] },
]

/** Hears changes of interfaces, addresses and nftables by netlink; lost messages (ENOBUFS) are a change, too. */
export function watchKernel(hearer: WatchHearer): HostWatch {
  return watchAll(hearings.map((each) => hear(each, hearer)))
}

function hear(hearing: Hearing, { onChange, onFault }: WatchHearer): HostWatch {
  let reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'cancel'> | undefined
  let closed = false
  const run = async (): Promise<void> => {
    const descriptor = openGroups(hearing)
    // Bun waits for the socket by epoll(7): nothing is polled, nothing is blocked.
    const messages = Bun.file(descriptor).stream().getReader()
    reader = messages
    try {
      for (;;) {
        const { done, value } = await messages.read()
        if (done) break
        onChange(
          hearing.what,
          splitMessages(value).some(({ type }) => type === tableGone),
        )
      }
    } finally {
      reader = undefined
      closeSync(descriptor)
    }
  }
  const start = () => {
    if (closed || reader !== undefined) return
    run().catch((error) => {
      if (error.code === 'ENOBUFS') {
        start()
        onChange(`${hearing.what} (some messages were lost)`)
      } else onFault(unheard(hearing, error))
    })
  }
  start()
  return {
    refresh: start,
    close: () => {
      closed = true
      void reader?.cancel()
    },
  }
}

/** NFNL_SUBSYS_NFTABLES and NFT_MSG_DELTABLE; no message of rtnetlink has this type. */
const tableGone = (10 << 8) | 2

const [netlinkFamily, netlinkLevel, addMembership] = [16, 270, 1]
const [socketLevel, receiveBufferForce] = [1, 33]
/** SOCK_RAW, SOCK_CLOEXEC and SOCK_NONBLOCK. */
const rawCloexecNonblock = 3 | 0o2000000 | 0o4000
/** A `struct sockaddr_nl` of AF_NETLINK, to a port that the kernel chooses. */
const anyPort = new Uint8Array(12).fill(netlinkFamily, 0, 1)
/** In octets: what the kernel keeps while this process looks at the host. */
const buffered = 1 << 20

function openGroups({ protocol, groups }: Hearing): number {
  const descriptor = libc().socket(netlinkFamily, rawCloexecNonblock, protocol)
  if (descriptor < 0) throw new Error(explainErrno(errorNumber()))
  setOption(descriptor, socketLevel, receiveBufferForce, buffered)
  // Without a port of its own a socket misses what the kernel does by itself.
  const refused = [
    () => bindTo(descriptor, anyPort),
    ...groups.map((group) => () => setOption(descriptor, netlinkLevel, addMembership, group)),
  ].some((call) => call() !== 0)
  if (!refused) return descriptor
  const errno = errorNumber()
  closeSync(descriptor)
  throw new Error(explainErrno(errno))
}

function unheard({ what }: Hearing, cause: unknown): CniError {
  return ioError(`cannot watch ${what} by netlink`, {
    hint: 'Changes there are seen at the next timer: see reconcile_interval in vethra.toml.',
    cause,
  })
}
