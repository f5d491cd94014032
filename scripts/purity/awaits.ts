// expect nothing

/** What a core package must not do: wait. The compiler sees nothing wrong with it. */
export async function awaits(text: Promise<string>): Promise<string> {
  return await text
}
