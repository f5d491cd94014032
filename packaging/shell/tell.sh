# What the scripts of packages say; those of purge.sh remove what is left.
tell_failed() {
  if systemctl --quiet is-enabled vethra.service && ! systemctl --quiet is-active vethra.service; then
    echo 'vethra: the daemon does not run; "systemctl status vethra.service" says why.'
  fi
}

# What a removal leaves behind, and how that is mended: said while vethra can still be asked.
folders_of_plugins='/opt/cni/bin /usr/local/libexec/cni /usr/local/lib/cni /usr/libexec/cni /usr/lib/cni'
data_root=$(sed -n 's/^ *data_root *= *"\(.*\)".*/\1/p' /etc/vethra/vethra.toml 2>/dev/null | head -n 1)

tell_containers() {
  for record in "${data_root:-/var/lib/vethra}"/*/containers/*/*/vethra.json; do
    [ -e "$record" ] || continue
    id=$(basename "$(dirname "$record")")
    namespace=$(basename "$(dirname "$(dirname "$record")")")
    [ -n "$told" ] || echo 'vethra: these containers go on, and their config.json calls /usr/bin/vethra, so that none can start again:'
    told=yes
    echo "  $id (namespace $namespace): vethra -n $namespace bundle rm $id"
  done
  [ -z "$told" ] || echo 'vethra: to mend one, install vethra again; the command behind it then takes the hooks out of its config.json. A purge removes what the command goes by.'
}

tell_links() {
  for folder in $folders_of_plugins; do
    for file in "$folder"/*; do
      [ -L "$file" ] && [ "$(readlink "$file")" = /usr/bin/vethra ] || continue
      [ -n "$linked" ] || echo 'vethra: these links of "vethra plugin install" lead nowhere now; remove them with rm:'
      linked=yes
      echo "  $file"
    done
  done
  if grep -qs '"/usr/bin/vethra"' /etc/containers/oci/hooks.d/vethra.json; then
    echo 'vethra: Podman calls vethra by this file, which "vethra plugin install --hooks" made; remove it with rm:'
    echo '  /etc/containers/oci/hooks.d/vethra.json'
  fi
}
