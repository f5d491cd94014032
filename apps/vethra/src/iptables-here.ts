// An entry of its own: a start that runs no iptables does not load it.
export { iptablesRules } from '@vethra/linux'
