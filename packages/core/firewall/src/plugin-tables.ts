/** The table of family inet in which the reference plugins bridge and ptp (1.6 and later) masquerade with `"ipMasqBackend": "nftables"`. */
export const masqueradeTable = 'cni_plugins_masquerade'

/** The table, one a family, that the reference plugin portmap (1.6 and later) keeps with `"backend": "nftables"`. */
export const hostportTable = 'cni_hostport'
