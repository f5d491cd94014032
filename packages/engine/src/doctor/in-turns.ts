import type { Clock } from '@vethra/world'

/** The outcome of some work for each item, in their order: one after the other; between them the event loop may go on. */
export async function mapInTurns<Item, Outcome>(
  { yieldNow }: Pick<Clock, 'yieldNow'>,
  items: readonly Item[],
  work: (item: Item) => Outcome | Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const item of items) {
    outcomes.push(await work(item))
    if (yieldNow) await yieldNow()
  }
  return outcomes
}
