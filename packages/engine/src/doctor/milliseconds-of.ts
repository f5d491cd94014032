/** Milliseconds since 1970 of a time as RFC 3339 writes it in UTC; undefined for any other text. */
export function millisecondsOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z$/.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number)
  // Days since 1970 by the count of leap years before a March: there is no clock here to ask.
  const shifted = month < 3 ? year - 1 : year
  const days =
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    Math.floor((153 * ((month + 9) % 12) + 2) / 5) +
    day -
    719469
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
}
