// expect TS2591
export const home: string | undefined = process.env['HOME']
