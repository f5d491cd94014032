/** The label that says whether containers of a network are answered by DNS: `true` or `false`. Without it they are. */
export const dnsLabel = 'vethra.dns'
