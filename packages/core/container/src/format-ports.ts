import { joinHostPort, type PortMapping } from './port-mapping.ts'

/** Port mappings on one line, runs joined, ordered by text: `0.0.0.0:3000-3001->8080-8081/tcp, …`. Empty for none. */
export function formatPorts(mappings: readonly PortMapping[]): string {
  const groups = Map.groupBy(mappings, ({ hostIP, protocol }) => `${hostIP}/${protocol}`)
  return [...groups.values()]
    .map((group) => runsOf(group).map(formatRun).join(', '))
    .sort()
    .join(', ')
}

type Run = { readonly first: PortMapping; readonly last: PortMapping }

function runsOf(group: readonly PortMapping[]): readonly Run[] {
  const runs: Run[] = []
  const sorted = [...group].sort(
    (a, b) => a.hostPort - b.hostPort || a.containerPort - b.containerPort,
  )
  for (const last of sorted) {
    const run = runs.at(-1)
    if (run && follows(run.last, last)) runs.splice(-1, 1, { first: run.first, last })
    else runs.push({ first: last, last })
  }
  return runs
}

function follows(before: PortMapping, after: PortMapping): boolean {
  return after.hostPort === before.hostPort + 1 && after.containerPort === before.containerPort + 1
}

function formatRun({ first, last }: Run): string {
  const host = joinHostPort(first.hostIP || '0.0.0.0', span(first.hostPort, last.hostPort))
  return `${host}->${span(first.containerPort, last.containerPort)}/${first.protocol}`
}

function span(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`
}
