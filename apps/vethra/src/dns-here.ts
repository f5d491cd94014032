export { dnsSockets as dnsHere } from '@vethra/linux/dns'
