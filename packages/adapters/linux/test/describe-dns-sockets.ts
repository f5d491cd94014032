import type { DnsAsking, DnsHearer, DnsListener, DnsSockets } from '@vethra/world'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Sockets, and the means to test them. Made for each case. */
interface DnsSocketsSubject {
  readonly sockets: DnsSockets
  /** Two addresses that can be listened on, IPv4 and IPv6. */
  readonly addresses: readonly [four: string, six: string]
  /** A path for a socket of lines. */
  readonly lines: string
  /** The address that questions to the first of them come from. */
  readonly asker: string
}

/** Makes a subject. */
type OpenDnsSockets = () => Promise<DnsSocketsSubject>

const octets = (...values: readonly number[]) => Uint8Array.from(values)

const silent = {
  ...{ octets: octets(1), overTcp: false, timeoutMs: 50 },
  accepts: () => false,
}

/** Declares the cases that every `DnsSockets` has to pass. `open` is called before each of them. */
export function describeDnsSockets(name: string, open: OpenDnsSockets): void {
  describe(name, () => {
    let subject: DnsSocketsSubject
    let opened: DnsListener[] = []
    beforeEach(async () => {
      subject = await open()
    })
    afterEach(() => {
      for (const each of opened) each.close()
      opened = []
    })
    const listen = async (address: string, answer: DnsHearer['answer']) => {
      const listener = await subject.sockets.listen(address, { answer })
      opened.push(listener)
      return listener
    }
    const ask = (server: string, asking: Partial<DnsAsking> = {}) =>
      subject.sockets.ask({
        ...{ server, octets: octets(1, 2, 3), overTcp: false, timeoutMs: 2000 },
        accepts: () => true,
        ...asking,
      })

    it.each([0, 1] as const)('answers over UDP and TCP at address %i', async (which) => {
      const at = subject.addresses[which]
      await listen(at, ({ octets: asked, isTcp }) => octets(...asked, Number(isTcp)))
      expect([...((await ask(at)) ?? [])]).toEqual([1, 2, 3, 0])
      expect([...((await ask(at, { overTcp: true })) ?? [])]).toEqual([1, 2, 3, 1])
    })

    it('says who asked, and where', async () => {
      const [at] = subject.addresses
      const seen: unknown[] = []
      await listen(at, ({ asker, at: to }) => {
        seen.push([asker, to])
        return octets(1)
      })
      await ask(at)
      expect(seen).toEqual([[subject.asker, at]])
    })

    it('answers late, and by TCP as much as a message can hold', async () => {
      const [at] = subject.addresses
      await listen(at, async () => new Uint8Array(65_535).fill(7))
      const reply = await ask(at, { overTcp: true })
      expect(reply?.length).toBe(65_535)
      expect(reply?.at(-1)).toBe(7)
    })

    it('gives nothing where nobody answers, nobody listens, or the answer is not accepted', async () => {
      const [at, other] = subject.addresses
      await listen(at, ({ octets: [first = 0] }) => (first === 1 ? undefined : octets(9)))
      expect(await ask(at, { timeoutMs: 100 })).toBeUndefined()
      expect(await ask(other, { timeoutMs: 100 })).toBeUndefined()
      expect(await ask(other, { timeoutMs: 100, overTcp: true })).toBeUndefined()
      const refused = { octets: octets(2), accepts: () => false, timeoutMs: 100 }
      expect(await ask(at, refused)).toBeUndefined()
    })

    it('has lines for those who read them, until they have enough or it is closed', async () => {
      const { sockets, lines } = subject
      const read: string[] = []
      const take = (most: number) => (line: string) => read.push(line) < most
      await expect(sockets.readLines(lines, take(1))).rejects.toMatchObject({ code: 101 })
      const sink = await sockets.openLines(lines)
      expect(sink.isRead()).toBe(false)
      const reading = sockets.readLines(lines, take(2))
      while (!sink.isRead()) await sockets.ask({ ...silent, server: subject.addresses[1] })
      for (const line of ['one', 'two', 'three']) sink.write(line)
      await reading
      expect(read).toEqual(['one', 'two'])
      const last = sockets.readLines(lines, () => true)
      await sockets.ask({ ...silent, server: subject.addresses[1] })
      sink.close()
      await last
    })

    it('refuses an address that is taken with code 102, until it is closed', async () => {
      const [at] = subject.addresses
      const listener = await listen(at, () => octets(1))
      await expect(listen(at, () => octets(2))).rejects.toMatchObject({ code: 102 })
      listener.close()
      await listen(at, () => octets(2))
      expect([...((await ask(at)) ?? [])]).toEqual([2])
    })
  })
}
