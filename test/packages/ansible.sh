#!/bin/sh
# Runs the Ansible collection against copies of trees that have booted, which are gone afterwards:
#
#   unshare --mount --pid --net --fork --kill-child sh ansible.sh PACKAGES COLLECTION PLAYBOOK NAME=TREE...
#
# Ansible works on a tree as on a host: its shell runs in its namespaces, and its temporary files are at one path in both.
# Prints the recap of a run in check mode, of two runs, the table of doctor, and what the daemons say.
set -eu
packages=$1 collection=$2 playbook=$3 scripts=$(dirname "$0")
shift 3
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs -o size=4g scratch /mnt
mkdir -p /mnt/shared /mnt/collections/ansible_collections/virt2xen
ln -s "$collection" /mnt/collections/ansible_collections/virt2xen/xen
for host in "$@"; do
  name=${host%%=*}
  here=/mnt/$name
  mkdir -p "$here/upper" "$here/work" "$here/root" "/mnt/shared/$name"
  mount -t overlay -o "lowerdir=${host#*=},upperdir=$here/upper,workdir=$here/work" overlay "$here/root"
  mkdir -p "$here/root/mnt/shared"
  mount --bind /mnt/shared "$here/root/mnt/shared"
  # Without Xen, systemd would skip the daemon; it runs, and waits for xenstored.
  mkdir -p "$here/root/etc/systemd/system/virt2xend.service.d"
  printf '[Unit]\nConditionPathExists=\n' >"$here/root/etc/systemd/system/virt2xend.service.d/without-xen.conf"
  printf '#!/bin/sh\nexec %s -- /bin/sh "$@"\n' "$(sh "$scripts/boot.sh" "$here/root" "$here/log")" >"$here/sh"
  chmod 755 "$here/sh"
  echo "$name ansible_connection=local ansible_shell_executable=$here/sh" \
    "ansible_remote_tmp=/mnt/shared/$name ansible_python_interpreter=/usr/bin/python3" >>/mnt/inventory
done
export ANSIBLE_COLLECTIONS_PATH=/mnt/collections ANSIBLE_HOME=/mnt/ansible ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8
export ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_DEPRECATION_WARNINGS=0
play() {
  echo "== $1"
  shift
  ansible-playbook -i /mnt/inventory -e "virt2xen_package_directory=$packages" "$@"
}
play check "$playbook" --check
for host in "$@"; do
  if [ -e "/mnt/${host%%=*}/root/usr/bin/virt2xen" ]; then echo 'check mode has changed a host'; fi
done
play first "$playbook"
play second "$playbook"
play doctor virt2xen.xen.doctor
echo '== daemons'
for host in "$@"; do
  "/mnt/${host%%=*}/sh" -c '
    systemctl reload virt2xend
    systemctl show --value --property=ActiveState,SubState,UnitFileState,NRestarts virt2xend | xargs
    virt2xen metrics | grep "^virt2xen_documents{state=\"valid\"}"
    journalctl --unit virt2xend --output cat --grep "valid documents" | wc -l
    xargs -0 </proc/"$(systemctl show --value --property=MainPID virt2xend)"/cmdline'
done
