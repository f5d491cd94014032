/** A user's ids in subuid(5) or subgid(5), by name or number: how many, and the first free one from 100,000. */
export function subIdsOf(
  text: string,
  { name, uid }: { readonly name: string; readonly uid: number },
): { readonly count: number; readonly first: number } {
  const lines = text.split('\n').flatMap((line) => {
    const [, owner = '', start, count] = /^([^:]+):(\d{1,10}):(\d{1,10})$/.exec(line.trim()) ?? []
    return owner === '' ? [] : [{ owner, start: Number(start), count: Number(count) }]
  })
  const own = lines.filter(({ owner }) => owner === String(uid) || owner === name)
  return {
    count: own.reduce((sum, each) => sum + each.count, 0),
    first: Math.max(100_000, ...lines.map(({ start, count }) => start + count)),
  }
}

/** The name of a user in passwd(5); empty without one. */
export function nameOfUser(passwd: string, uid: number): string {
  const line = passwd.split('\n').find((each) => each.split(':')[2] === String(uid))
  const name = line?.split(':', 1)[0] ?? ''
  // It goes into commands that people copy.
  return /^[a-z_][a-z0-9_-]*\$?$/i.test(name) ? name : ''
}
