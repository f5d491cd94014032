// expect TS2304
export const page: Promise<unknown> = fetch('http://localhost/')
