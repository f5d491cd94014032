// expect TS2304
export function later(work: () => void): void {
  setTimeout(work, 1)
}
