/** Whether a config.json may have annotations of ours, told by its text alone: their keys begin so, where no escape of JSON spells them. */
export function mayAsk(config: string): boolean {
  return config.includes('"vethra.') || config.includes('\\u00')
}
