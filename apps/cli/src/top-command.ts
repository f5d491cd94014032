import { setTimeout } from 'node:timers/promises'
import type { Io } from '@vethra/world'
import type { Command } from 'commander'
import type { Call } from './call.ts'
import { unsupported } from './flags.ts'
import { isStyled } from './listing.ts'
import { type Daemon, openDaemon } from './open-daemon.ts'
import { subcommand } from './program.ts'
import { topLines } from './top-table.ts'

interface TopFlags {
  readonly once: boolean
  readonly interval: string
}

/** `vethra top`: what networks and containers receive and send. */
export function topCommand(program: Command, call: Call): void {
  subcommand(program, 'top', {
    help: 'show the traffic of networks and containers, measured by the daemon',
    examples: ['vethra top', 'vethra top --once', 'vethra --namespace k8s.io top --interval 5'],
  })
    .option('--once', 'print one table and end; the default without a terminal', false)
    .option('--interval <seconds>', 'the interval of each table', '1')
    .action(async (flags: TopFlags) => showTop(await openDaemon(call), flags, call.io))
}

async function showTop(client: Daemon, flags: TopFlags, io: Io): Promise<void> {
  const seconds = Number(flags.interval)
  if (!(seconds >= 0.1 && seconds <= 3600))
    throw unsupported('--interval', flags.interval, 'seconds from 0.1 to 3600')
  const query = { namespace: client.namespace }
  const read = () => client.get('/traffic', { params: { query } })
  const live = io.isTerminal() && !flags.once
  let before = await read()
  do {
    await setTimeout(seconds * 1000)
    const now = await read()
    const { rows = 24, columns = 80 } = process.stdout
    const lines = topLines(before, now, {
      terminal: isStyled(io),
      ...(live ? { width: columns } : {}),
    })
    // Home, each line to its end, and what is below: without a flicker.
    if (live) io.printStyled(`\u001b[H${fitting(lines, rows).join('\u001b[K\n')}\u001b[J`)
    else for (const line of lines) io.printStyled(line)
    before = now
  } while (live && !io.isLost())
}

// A table longer than the window would scroll its head away.
function fitting(lines: readonly string[], rows: number): readonly string[] {
  return lines.length < rows ? lines : [...lines.slice(0, rows - 2), '…']
}
