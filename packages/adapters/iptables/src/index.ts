/**
 * Firewall rules as text, by iptables-save and iptables-restore. Not for reading or writing single
 * rules, and not for nftables: what a text says is its caller's matter.
 */
export { iptablesRules } from './iptables-rules.ts'
