records=/var/lib/vethra/attachments

# A member of a record, which is JSON on one line.
member() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }

# The namespaces that are attached and alive: their links bear a mark, or their records are of this boot.
running() {
  boot=$(cat /proc/sys/kernel/random/boot_id)
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    grep -qF "\"bootId\":\"$boot\"" "$record" || continue
    netns=$(member "$record" netns)
    [ -n "$netns" ] && [ -e "$netns" ] && echo "  $(basename "$record"), in $netns"
  done
  for holder in /run/vethra/ports/*; do
    [ -f "$holder" ] || continue
    pid=$(sed -n 's/.*"holder":{"pid":\([0-9]*\).*/\1/p' "$holder")
    start=$(sed -n 's/.*"startTime":"\([0-9]*\)".*/\1/p' "$holder")
    # The name of a process may hold blanks: count from behind it.
    [ -n "$pid" ] && [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" = "$start" ] &&
      echo "  $(basename "$holder"), whose ports process $pid holds"
  done
  return 0
}

# Conf lists belong to all CNI programs of the host: nerdctl, too, has networks with an id of this key.
conf_lists() {
  for file in /etc/cni/net.d/nerdctl-*.conflist /etc/cni/net.d/*/nerdctl-*.conflist; do
    if [ -f "$file" ] && grep -q "\"$1\"" "$file"; then echo "$file"; fi
  done
}

# nerdctl's have the same form: where it is, or was, nobody can tell whose a conf list with a nerdctlID is.
knows_nerdctl() {
  [ -e /var/lib/nerdctl ] || [ -e /usr/local/bin/nerdctl ] || command -v nerdctl >/dev/null
}

tell_lists() {
  if [ -n "$2" ]; then
    echo "vethra: these conf lists stay, since $1:"
    echo "$2" | sed 's/^/  /'
  fi
}

purge_networks() {
  shared=$(conf_lists nerdctlID)
  own=$(conf_lists vethraID)
  if [ "$VETHRA_PURGE" != force ]; then
    tell_lists 'other CNI programs can use them' "$shared${shared:+${own:+
}}$own"
    [ -z "$shared$own" ] || echo 'vethra: VETHRA_PURGE=force in the environment of a purge removes them, too.'
    return 0
  fi
  remove_networks "$own"
  if knows_nerdctl; then
    tell_lists 'nerdctl may have made them; remove those that it does not need with rm' "$shared"
  else
    remove_networks "$shared"
    rm -f /etc/cni/net.d/.nerdctl.lock
  fi
}

remove_networks() {
  echo "$1" | while IFS= read -r file; do
    [ -n "$file" ] || continue
    name=$(sed -n 's/^ *"name": *"\([A-Za-z0-9][A-Za-z0-9_.-]*\)".*/\1/p' "$file" | head -n 1)
    rm -f "$file"
    # A namespace has a folder of its own.
    rmdir --ignore-fail-on-non-empty "$(dirname "$file")"
    [ -z "$name" ] || rm -rf "/var/lib/cni/networks/$name"
  done
}

# Their containers are gone: nobody else gives back the addresses of those that were not detached.
purge_attachments() {
  for record in "$records"/*; do
    [ -f "$record" ] || continue
    rm -f "/var/lib/cni/results/$(basename "$record")"
    holder=$(printf '%s\n%s' "$(member "$record" containerId)" "$(member "$record" ifname)")
    for file in "/var/lib/cni/networks/$(member "$record" network)"/*; do
      if [ -f "$file" ] && [ "$(tr -d '\r' <"$file")" = "$holder" ]; then rm -f "$file"; fi
    done
  done
}

# Interfaces and rules bear our mark, and nothing of others does.
purge_kernel() {
  if command -v nft >/dev/null; then nft delete table inet vethra 2>/dev/null || true; fi
  command -v ip >/dev/null || return 0
  ip -o link show | sed -n 's/^[0-9]*: \([^:@]*\)[:@].*alias vethra\( .*\)\{0,1\}$/\1/p' |
    while IFS= read -r link; do ip link delete "$link" 2>/dev/null || true; done
}

refuse_purge() {
  alive=$(running)
  [ -n "$alive" ] || return 0
  echo 'error: containers are attached by vethra, and run:' >&2
  echo "$alive" >&2
  echo '  hint: Stop them, or detach them with "vethra bundle rm", for which vethra must be installed; then purge again.' >&2
  exit 1
}

# A purge may come with the removal: then nobody has had the time to mend them.
tell_configs() {
  for record in /var/lib/vethra/*/containers/*/*/vethra.json; do
    [ -f "$record" ] || continue
    file=$(sed -n 's/.*"configs":\[{"file":"\([^"\\]*\)".*/\1/p' "$record" | head -n 1)
    [ -n "$file" ] && grep -qs '"/usr/bin/vethra"' "$file" || continue
    [ -n "$configs" ] || echo 'vethra: what mends these files is gone; take out their hooks that call /usr/bin/vethra, and mounts of /var/lib/vethra:'
    configs=yes
    echo "  $file"
  done
}

purge_all() {
  tell_configs
  purge_attachments
  purge_networks
  purge_kernel
  rm -rf /var/lib/vethra /run/vethra /etc/vethra ||
    echo 'vethra: what rm names here stays: umount it where it is a mount point, and remove it by rmdir.'
  rmdir --ignore-fail-on-non-empty /var/lib/cni/results /var/lib/cni/networks /var/lib/cni /etc/cni/net.d /etc/cni 2>/dev/null || true
}
