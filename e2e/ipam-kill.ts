import type { Host } from './host.ts'
import { callPlugin, debianHostLocal, environment, pluginFolder } from './ipam-plugin.ts'

/** What became of the calls that were to be killed. */
export interface Killed {
  readonly kills: number
  /** How many of them died before they were done. */
  readonly died: number
  /** How many commands ran after them, all of them with success. */
  readonly after: number
}

const dataDir = '/var/lib/nets'
const conf = {
  cniVersion: '1.0.0',
  name: 'n',
  ipam: { type: 'host-local', dataDir, subnet: '10.7.0.0/24' },
}
const atOnce = 8
const everyone: readonly string[] = Array.from({ length: 40 }, (_, index) => `c${index}`)

/**
 * Kills ADDs and DELs of ours at random moments, eight at a time, and throws when an address is held by
 * anything but one complete reservation, when two hold one holder, or when a command after it fails. Commands
 * after it are ours and Debian's in turn; CHECK must agree with the files each time.
 */
export async function killAtRandom(host: Host, kills: number): Promise<Killed> {
  const plugin = `${await pluginFolder(host)}/host-local`
  let usualMs = await durationOf(host, plugin)
  const held = new Set<string>()
  let died = 0
  let after = 0
  for (let done = 0; done < kills; done += atOnce) {
    const ids = someOf(everyone, Math.min(atOnce, kills - done))
    const ends = await Promise.all(
      ids.map((id) => killOne(host, plugin, held.has(id) ? 'DEL' : 'ADD', id, usualMs)),
    )
    const diedNow = ends.filter((killed) => killed).length
    died += diedNow
    // Calls are slower or quicker now than when they were timed: about half of them are to die.
    usualMs *= diedNow < atOnce / 2 ? 0.6 : 1.4
    const holders = await completeHolders(host)
    for (const id of ids) {
      if (holders.has(id)) held.add(id)
      else held.delete(id)
    }
    await Promise.all(ids.map((id) => checkAgrees(host, plugin, id, held.has(id))))
    after += ids.length
    // One who comes or goes after it, by either plugin.
    const [id = ''] = ids
    const next = done % (2 * atOnce) === 0 ? plugin : debianHostLocal
    const command = held.has(id) ? 'DEL' : 'ADD'
    const ran = await callPlugin(host, next, { command, id, conf })
    if (ran.exitCode !== 0)
      throw new Error(`${command} of ${id} after a kill: ${ran.stdout}${ran.stderr}`)
    if (command === 'ADD') held.add(id)
    else held.delete(id)
    after += 1
  }
  after += await empty(host, plugin, held)
  return { kills, died, after }
}

function someOf(all: readonly string[], count: number): readonly string[] {
  const start = Math.floor(Math.random() * all.length)
  return [...all.slice(start), ...all.slice(0, start)].slice(0, count)
}

async function checkAgrees(host: Host, plugin: string, id: string, isHeld: boolean): Promise<void> {
  const { exitCode, stdout } = await callPlugin(host, plugin, { command: 'CHECK', id, conf })
  if ((exitCode === 0) !== isHeld)
    throw new Error(`CHECK of ${id} disagrees with the files: ${stdout}`)
}

/** How long calls take when they are left alone, as many at once as are killed at once. */
async function durationOf(host: Host, plugin: string): Promise<number> {
  const ids = everyone.slice(0, atOnce)
  const began = performance.now()
  for (const command of ['ADD', 'DEL', 'ADD', 'DEL']) {
    await Promise.all(ids.map((id) => callPlugin(host, plugin, { command, id, conf })))
  }
  return (performance.now() - began) / 4
}

async function killOne(
  host: Host,
  plugin: string,
  command: string,
  id: string,
  usualMs: number,
): Promise<boolean> {
  // A call begins with the start of its program, in which there is nothing to break.
  const seconds = ((usualMs * (0.1 + Math.random())) / 1000).toFixed(4)
  const { exitCode } = await host.run(['timeout', '-s', 'KILL', seconds, plugin], {
    input: JSON.stringify(conf),
    env: environment({ command, id, conf }),
  })
  // timeout(1) ends by the same signal, which the shell knows as 137 and execa as no status at all.
  return exitCode === 137 || exitCode === 255
}

/** The holders in the folder. Throws for a file that is no complete reservation, and for a holder that has two. */
async function completeHolders(host: Host): Promise<ReadonlySet<string>> {
  const script = `cd ${dataDir}/n && for f in *; do printf '%s=' "$f"; cat "$f"; printf '|'; done`
  const { stdout } = await host.run(['sh', '-c', script])
  const holders = new Set<string>()
  for (const entry of stdout.split('|').slice(0, -1)) {
    const [name = '', text = ''] = entry.split('=')
    if (name === 'lock' || /^last_reserved_ip\.0$/.test(name)) continue
    const id = /^(c\d+)\r\neth0$/.exec(text)?.[1]
    if (!/^10\.7\.0\.\d+$/.test(name) || id === undefined)
      throw new Error(`incomplete: ${JSON.stringify(entry)}`)
    if (holders.has(id)) throw new Error(`${id} holds two addresses: ${stdout}`)
    holders.add(id)
  }
  return holders
}

/** Has all go, and throws when something is left of them. */
async function empty(host: Host, plugin: string, held: ReadonlySet<string>): Promise<number> {
  const ids = [...held, 'last']
  await callPlugin(host, plugin, { command: 'ADD', id: 'last', conf })
  for (const id of ids) {
    const ran = await callPlugin(host, plugin, { command: 'DEL', id, conf })
    if (ran.exitCode !== 0) throw new Error(`DEL of ${id} at the end: ${ran.stdout}`)
  }
  const { stdout } = await host.run([
    'sh',
    '-c',
    `ls -A ${dataDir} ${dataDir}/n | sort | tr '\\n' ' '`,
  ])
  const expected = `${dataDir}/n: ${dataDir}: last_reserved_ip.0 lock n`
  const left = stdout
    .split(/\s+/)
    .filter((word) => word !== '' && !expected.split(' ').includes(word))
  if (left.length > 0) throw new Error(`left: ${left.join(' ')}`)
  return ids.length + 1
}
