/** A firewall of others in one state, made by scripts on a host. */
export interface Firewall {
  readonly name: string
  /** Puts it there. */
  readonly set: string
  /** The commands by which its owner has it read again. */
  readonly reload: string
}

const both = (rule: string) => `iptables ${rule}; ip6tables ${rule}`

// What Docker 27 makes, as iptables-save shows it on a host with one network of its own.
const docker = ['iptables', 'ip6tables']
  .map((program) =>
    [
      `${program} -P FORWARD DROP`,
      ...['DOCKER', 'DOCKER-USER', 'DOCKER-FORWARD', 'DOCKER-CT', 'DOCKER-BRIDGE'].map(
        (chain) => `${program} -N ${chain}`,
      ),
      ...['DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2'].map(
        (chain) => `${program} -N ${chain}`,
      ),
      `${program} -A FORWARD -j DOCKER-USER`,
      `${program} -A FORWARD -j DOCKER-FORWARD`,
      `${program} -A DOCKER ! -i docker0 -o docker0 -j DROP`,
      `${program} -A DOCKER-BRIDGE -o docker0 -j DOCKER`,
      `${program} -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `${program} -A DOCKER-FORWARD -j DOCKER-CT`,
      `${program} -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1`,
      `${program} -A DOCKER-FORWARD -j DOCKER-BRIDGE`,
      `${program} -A DOCKER-FORWARD -i docker0 -j ACCEPT`,
      `${program} -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2`,
      `${program} -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP`,
    ].join('\n'),
  )
  .join('\n')

// When it starts, Docker puts its jumps in front of whatever is there.
const dockerAgain = ['iptables', 'ip6tables']
  .map((program) =>
    ['DOCKER-FORWARD', 'DOCKER-USER']
      .map((chain) => `${program} -D FORWARD -j ${chain}; ${program} -I FORWARD -j ${chain}`)
      .join('\n'),
  )
  .join('\n')

// The tables of Docker 29 with --firewall-backend=nftables, for a bridge docker0.
const dockerTables = ['ip', 'ip6']
  .map(
    (family) => `table ${family} docker-bridges
delete table ${family} docker-bridges
table ${family} docker-bridges {
  map filter-forward-in-jumps { type ifname : verdict; elements = { "docker0" : jump filter-forward-in__docker0 } }
  map filter-forward-out-jumps { type ifname : verdict; elements = { "docker0" : jump filter-forward-out__docker0 } }
  chain filter-FORWARD {
    type filter hook forward priority filter; policy accept
    oifname vmap @filter-forward-in-jumps
    iifname vmap @filter-forward-out-jumps
  }
  chain filter-forward-in__docker0 {
    ct state established,related counter accept
    iifname docker0 counter accept
    counter drop
  }
  chain filter-forward-out__docker0 {
    ct state established,related counter accept
    counter accept
  }
}`,
  )
  .join('\n')

const kubeProxy = ['iptables', 'ip6tables']
  .map((program) =>
    [
      ...['KUBE-FORWARD', 'KUBE-FIREWALL', 'KUBE-PROXY-FIREWALL', 'KUBE-SERVICES'].map(
        (chain) => `${program} -N ${chain}`,
      ),
      ...['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ', 'KUBE-NODEPORTS'].map(
        (chain) => `${program} -t nat -N ${chain}`,
      ),
      `${program} -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL`,
      `${program} -A FORWARD -j KUBE-FORWARD`,
      `${program} -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES`,
      `${program} -A INPUT -j KUBE-FIREWALL`,
      `${program} -A OUTPUT -j KUBE-FIREWALL`,
      `${program} -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP`,
      `${program} -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT`,
      `${program} -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `${program} -A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP`,
      `${program} -t nat -A PREROUTING -j KUBE-SERVICES`,
      `${program} -t nat -A OUTPUT -j KUBE-SERVICES`,
      `${program} -t nat -A POSTROUTING -j KUBE-POSTROUTING`,
      `${program} -t nat -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`,
      `${program} -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000`,
      `${program} -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN`,
      `${program} -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000`,
      `${program} -t nat -A KUBE-POSTROUTING -j MASQUERADE`,
    ].join('\n'),
  )
  .join('\n')

function nftables(priority: number, line: string): Pick<Firewall, 'set' | 'reload'> {
  const file = '/run/nftables.conf'
  return {
    set: `cat > ${file} <<'EOF'
table inet site
delete table inet site
table inet site {
  chain forward {
    type filter hook forward priority ${priority}; policy drop
    ct state established,related accept
    ${line}
  }
}
EOF
nft -f ${file}`,
    // As nftables.service does it in Debian.
    reload: `nft flush ruleset; nft -f ${file}`,
  }
}

const ufwFiles = 'mkdir -p /run/ufw /var/lib/ufw; cp -r /usr/share/ufw /run/ufw-share'

/** Firewalls by the programs that Debian has, or by the rules that others make. */
export const firewalls: readonly Firewall[] = [
  { name: 'none', set: ':', reload: 'nft flush ruleset' },
  {
    name: 'iptables-nft, FORWARD DROP',
    set: both('-P FORWARD DROP'),
    reload: `${both('-F')}; ${both('-t nat -F')}; ${both('-P FORWARD DROP')}`,
  },
  {
    name: 'iptables-legacy, FORWARD DROP',
    set: 'iptables-legacy -P FORWARD DROP; ip6tables-legacy -P FORWARD DROP',
    reload: 'iptables-legacy -F; ip6tables-legacy -F',
  },
  { name: 'Docker with iptables', set: docker, reload: dockerAgain },
  {
    name: 'Docker 29 with nftables',
    set: `nft -f - <<'EOF'\n${dockerTables}\nEOF`,
    reload: `nft -f - <<'EOF'\n${dockerTables}\nEOF`,
  },
  {
    name: 'ufw',
    set: `${ufwFiles}; ufw --force enable`,
    reload: 'ufw reload',
  },
  {
    name: 'firewalld',
    set: `mkdir -p /run/dbus
dbus-daemon --system --fork --nopidfile --print-pid > /run/firewalld-test.pids
firewalld --nofork --nopid > /run/firewalld.log 2>&1 & echo $! >> /run/firewalld-test.pids
until firewall-cmd --state >/dev/null 2>&1; do sleep 0.1; done`,
    reload: 'firewall-cmd --reload',
  },
  { name: 'nftables, policy drop', ...nftables(0, '') },
  {
    name: "nftables, policy drop and its owner's line",
    ...nftables(0, 'meta mark & 0x01000000 == 0x01000000 accept'),
  },
  { name: 'nftables, policy drop before ours', ...nftables(-50, '') },
  { name: "kube-proxy's chains", set: kubeProxy, reload: kubeProxy.replaceAll(/^.* -N .*$/gm, '') },
  {
    name: 'iptables, INPUT and FORWARD DROP',
    set: `${both('-P INPUT DROP')}; ${both('-P FORWARD DROP')}; ${both('-A INPUT -i lo -j ACCEPT')}; ${both('-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')}; ip6tables -A INPUT -p icmpv6 -j ACCEPT; iptables-save > /run/rules4; ip6tables-save > /run/rules6`,
    reload: 'iptables-restore < /run/rules4; ip6tables-restore < /run/rules6',
  },
]
