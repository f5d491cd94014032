import type { RootlessKit } from '@vethra/world'
import { describe, expect, it } from 'vitest'

/** A RootlessKit that forwards no port yet. */
export interface RootlessKitSubject {
  readonly kit: RootlessKit
  close(): Promise<void>
}

/** Makes a subject: slirp4netns with the builtin port driver, or pasta with the implicit one. */
export type OpenRootlessKit = (drivers: 'builtin' | 'implicit') => Promise<RootlessKitSubject>

/** Declares the cases that every `RootlessKit` has to pass. `open` is called in each of them. */
export function describeRootlessKit(name: string, open: OpenRootlessKit): void {
  const using = async (
    drivers: 'builtin' | 'implicit',
    work: (kit: RootlessKit) => Promise<void>,
  ) => {
    const { kit, close } = await open(drivers)
    await work(kit).finally(close)
  }
  describe(name, () => {
    it('says what it is', () =>
      using('builtin', async (kit) => {
        expect(await kit.info()).toMatchObject({
          networkDriver: 'slirp4netns',
          portDriver: 'explicit',
          dns: ['10.0.2.3'],
        })
        expect(await kit.ports()).toEqual([])
      }))

    it('forwards a port until that is ended, once or twice', () =>
      using('builtin', async (kit) => {
        const first = await kit.forward(web)
        const second = await kit.forward({ ...web, parentPort: 8081, childIP: '127.0.0.2' })
        expect(await kit.ports()).toEqual([
          { ...web, id: first },
          { ...web, parentPort: 8081, childIP: '127.0.0.2', id: second },
        ])
        await kit.stopForwarding(first)
        await kit.stopForwarding(first)
        expect((await kit.ports()).map(({ id }) => id)).toEqual([second])
      }))

    it.each([
      ['a port that is forwarded already', 8080],
      ['a privileged port', 80],
    ])('refuses %s with code 5, and what it says', (_, parentPort) =>
      using('builtin', async (kit) => {
        await kit.forward(web)
        await expect(kit.forward({ ...web, parentPort })).rejects.toMatchObject({
          code: 5,
          details: expect.stringContaining(String(parentPort)),
        })
        expect(await kit.ports()).toHaveLength(1)
      }),
    )

    it('forwards no port by request where the network driver opens what listens', () =>
      using('implicit', async (kit) => {
        expect(await kit.info()).toMatchObject({ networkDriver: 'pasta', portDriver: 'implicit' })
        expect(await kit.ports()).toEqual([])
        await expect(kit.forward(web)).rejects.toMatchObject({ code: 5 })
      }))
  })
}

const web = { proto: 'tcp', parentIP: '0.0.0.0', parentPort: 8080, childIP: '', childPort: 8080 }
