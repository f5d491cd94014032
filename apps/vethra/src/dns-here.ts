export { collectGarbage as collectGarbageHere, dnsSockets as dnsHere } from '@vethra/linux/dns'
