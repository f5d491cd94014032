import type { Clock } from '@vethra/world'

/** The outcome of some work for each item, in their order: one after the other, and what else waits in this process between them. */
export async function mapInTurns<Item, Outcome>(
  { breathe }: Pick<Clock, 'breathe'>,
  items: readonly Item[],
  work: (item: Item) => Outcome | Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const item of items) {
    outcomes.push(await work(item))
    await breathe?.()
  }
  return outcomes
}
