/** How VDSM and CloudStack's agent start a guest: what they create on a host, and how they call their hooks. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Dom0, Process } from '../dom0/dom0.js';
import { startLibvirt } from '../dom0/libvirt.js';

/** A document as written by a manager; its disks and networks are created by `prepareHost`. */
export const documentOf = (name: 'ovirt' | 'cloudstack-user-vm' | 'cloudstack-system-vm'): string =>
  readFileSync(new URL(`${name}.xml`, import.meta.url), 'utf8');

/** How a PV guest boots, which differs from the document. */
export interface DirectBoot {
  readonly kernel: string;
  readonly initrd: string;
}

/** The same document with a kernel, as written by oVirt for "run once". */
export const withKernel = (xml: string, { kernel, initrd }: DirectBoot): string =>
  xml.replace(
    /(?<=hvm<\/type>)/,
    `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>console=hvc0 mitigations=off quiet</cmdline>`,
  );

/** Debian's QEMU for Xen is built without DES and therefore without VNC passwords (docs/cloudstack.md). */
export const withoutPassword = (xml: string): string => xml.replace(/ passwd=(["'])[^"']*\1/, '');

/** The sockets in the document of oVirt: this, and the name of a channel. */
export const ovirtChannels = '/var/lib/libvirt/qemu/channels/4b7d0c9e-51a3-4e0c-8a67-1f2ce80d6b34';
/** The socket of the agent in the document of CloudStack's user VM. */
export const userVmSocket = '/var/lib/libvirt/qemu/i-3-41-VM.org.qemu.guest_agent.0';

/** The mount point of the primary storage of CloudStack's agent. */
export const primaryStorage = '/mnt/5c1d9f30-primary';

/** The path of oVirt's image: a link to the volume, created by VDSM. */
const ovirtImage =
  '/rhev/data-center/00000000-0000-0000-0000-000000000000/8ed1b7a0-3f0f-4fd1-9a5e-7a3f7ad7c3a2/images/c7b0a6ce-7f0d-4d0c-a2cf-5f8f0b1d9e11';

/**
 * Creates what the packages of the managers create on a host: VDSM's user, directories for sockets, and bridges.
 * Starts libvirt.
 */
export async function prepareHost(dom0: Dom0, disk: string): Promise<void> {
  await dom0.run(`
    for module in xen-blkback xen-netback bridge tun; do modprobe $module; done
    for bridge in ovirtmgmt cloudbr0 cloud0; do
      [ -e /sys/class/net/$bridge ] || ip link add $bridge type bridge
      ip link set $bridge up
    done
    getent group kvm >/dev/null || groupadd --system --gid 36 kvm
    getent passwd vdsm >/dev/null || useradd --system --uid 36 --gid kvm --no-create-home vdsm
    install -d -m 755 /var/lib/libvirt/qemu
    # Xen's device model makes sockets as root; the directory gives them its group (docs/ovirt.md).
    install -d -g kvm -m 2775 /var/lib/libvirt/qemu/channels
    mkdir -p ${ovirtImage} ${primaryStorage}
    ln -sfn ${disk} ${ovirtImage}/0d9f6d3e-5a70-4a43-8e0c-6a1d5f2b7c90`);
  await startLibvirt(dom0);
}

/** Runs as VDSM's user, without the groups of root. */
const asVdsm = ['setpriv', '--reuid', 'vdsm', '--regid', 'kvm', '--clear-groups'] as const;

/**
 * Runs hooks as VDSM does at the start of a guest (lib/vdsm/common/hooks.py): as user vdsm, each executable in
 * before_vm_start, with the properties in the environment; then it reads the XML from the temporary file.
 * @returns the XML, and the output of the hooks for vdsm.log
 */
export async function startByVdsm(
  dom0: Dom0,
  xml: string,
  properties: Readonly<Record<string, string>>,
): Promise<string> {
  const file = (await dom0.run([...asVdsm, 'mktemp'])).trim();
  await dom0.run(['tee', file], { input: xml });
  const inode = await dom0.run(['stat', '-c', '%i %U %G %a', file]);
  const variables = Object.entries({ ...properties, _hook_domxml: file });
  const environment = ['env', '-i', 'PATH=/usr/bin:/bin', ...variables.map((pair) => pair.join('='))];
  const hooks = (
    await dom0.run('find /usr/libexec/vdsm/hooks/before_vm_start -type f -executable | sort')
  ).split('\n');
  let said = '';
  for (const hook of hooks) {
    const { status, stdout, stderr } = await dom0.attempt([...asVdsm, ...environment, hook]);
    expect(status, stderr).to.equal(0);
    expect(stdout).to.equal('');
    said += stderr;
  }
  expect(await dom0.run(['stat', '-c', '%i %U %G %a', file])).to.equal(inode);
  await dom0.run(['virsh', '-c', 'xen:///system', 'create', file]);
  await dom0.run(['rm', file]);
  return said;
}

/**
 * Runs the hook as CloudStack's agent does at the start of a guest (LibvirtKvmAgentHook): its output, including
 * standard error, is the XML.
 */
export async function startByCloudstack(
  dom0: Dom0,
  xml: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const script = '/etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.sh';
  const variables = Object.entries(environment).map((pair) => pair.join('='));
  const { status, stdout, stderr } = await dom0.attempt(['env', ...variables, script, 'transform', xml]);
  expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
  await dom0.write('/run/lab/cloudstack.xml', stdout);
  await dom0.run(['virsh', '-c', 'xen:///system', 'create', '/run/lab/cloudstack.xml']);
}

/** VDSM's connection to a channel, after its privileged helper has made the socket writable for the group. */
export async function connectByVdsm(dom0: Dom0, socket: string): Promise<Process> {
  await dom0.run(['chmod', 'g+w', socket]);
  return dom0.start([...asVdsm, 'socat', '-', `UNIX-CONNECT:${socket}`]);
}
