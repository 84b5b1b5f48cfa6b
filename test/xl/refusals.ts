import { hvmConfig, pvConfig } from './guests.js';

/**
 * What xl rejects in a config: one row for each message, exactly as in the xl binary. test/real/refusals.test.ts
 * compares the rows with that binary.
 */
export type Refusal =
  /** A config for which xl prints this message; if it is not fatal, xl continues. */
  | { readonly message: string; readonly config: string; readonly isFatal: boolean; readonly weReject?: true }
  /** Why no config can make xl print it. */
  | { readonly message: string; readonly unreachable: string };

const bare = (...lines: readonly string[]): string => ['memory = 64', ...lines, ''].join('\n');

const rejected = (message: string, ...configs: readonly string[]): readonly Refusal[] =>
  configs.map((config) => ({ message, config, isFatal: true }));
const printed = (message: string, ...configs: readonly string[]): readonly Refusal[] =>
  configs.map((config) => ({ message, config, isFatal: false }));
const never = (unreachable: string, ...messages: readonly string[]): readonly Refusal[] =>
  messages.map((message) => ({ message, unreachable }));

export const refusals: readonly Refusal[] = [
  // The domain
  ...rejected('Domain name must be specified.', bare('kernel = "/k"')),
  ...rejected('Invalid domain type %s.', pvConfig('type = "kvm"'), pvConfig('builder = "qemu"')),
  ...rejected('Contradicting "builder" and "type" options specified.', hvmConfig('builder = "generic"')),
  ...rejected('Failed to parse UUID: %s', pvConfig('uuid = "zz"')),
  ...rejected(
    'Neither kernel nor bootloader specified',
    bare('name = "a"'),
    bare('name = "a"', 'type = "pvh"'),
  ),
  ...rejected('ERROR: both kernel and firmware specified', pvConfig('firmware = "pvgrub64"')),
  ...rejected(
    'ERROR: only pvgrub{32|64} supported as firmware options',
    bare('name = "a"', 'firmware = "ovmf"'),
    bare('name = "a"', 'type = "pvh"', 'firmware = "uefi"'),
  ),
  ...rejected('Unknown on_poweroff action "%s" specified', pvConfig('on_poweroff = "stop"')),
  ...rejected('Unknown on_reboot action "%s" specified', pvConfig('on_reboot = "stop"')),
  ...rejected('Unknown on_watchdog action "%s" specified', pvConfig('on_watchdog = "stop"')),
  ...rejected('Unknown on_crash action "%s" specified', pvConfig('on_crash = "stop"')),
  ...rejected('Unknown on_soft_reset action "%s" specified', pvConfig('on_soft_reset = "stop"')),
  ...printed(
    'Warning: ignoring root= and extra= in favour of cmdline=',
    pvConfig('cmdline = "a"', 'root = "/dev/xvda1"'),
  ),

  // CPUs and memory
  ...rejected('xl: maxvcpus < vcpus', pvConfig('vcpus = 2', 'maxvcpus = 1')),
  ...rejected('Can\'t combine "^" and "all".', pvConfig('vcpus = 1', 'cpus = "^all"')),
  ...rejected(
    'Invalid pcpu range: %s.',
    pvConfig('vcpus = 1', 'cpus = "a"'),
    pvConfig('vcpus = 1', 'cpus = [ "3-1" ]'),
    pvConfig('vcpus = 1', 'cpus_soft = "zz"'),
    pvConfig('vcpus = 2', 'cpus_soft = [ "0", "1-" ]'),
    pvConfig('vcpus = 1', 'cpus_soft = "nodes:x"'),
  ),
  ...rejected('Can\'t combine "^" and "all".', pvConfig('vcpus = 1', 'cpus_soft = "0,^all"')),
  ...rejected(
    'vcpu hard affinity map is empty',
    pvConfig('vcpus = 1', 'cpus = "0,^0"'),
    pvConfig('vcpus = 1', 'cpus = ""'),
  ),
  ...rejected('xl: cannot get vnode config option list', hvmConfig('vnuma = [ "pnode=0" ]')),
  ...rejected('xl: failed to split "%s" into pair', hvmConfig('vnuma = [ [ "pnode" ] ]')),
  ...rejected('xl: failed to convert "%s" to number', hvmConfig('vnuma = [ [ "pnode=a" ] ]')),
  ...rejected('xl: failed to convert "%s" to number', pvConfig('vif = [ "mtu=abc" ]')),
  ...rejected('xl: failed to convert "%s" to number', pvConfig('vif = [ "devid=x" ]')),
  ...never('it depends on the nodes of the host', 'xl: invalid pnode number: %lu'),
  ...rejected(
    'xl: vnuma vcpus and maxvcpus= mismatch',
    hvmConfig('maxvcpus = 3', 'vnuma = [ [ "pnode=0", "size=64", "vcpus=0", "vdistances=10" ] ]'),
  ),
  ...rejected(
    'xl: maxmem and vnuma memory size mismatch',
    hvmConfig('maxmem = 65', 'vnuma = [ [ "pnode=0", "size=64", "vcpus=0", "vdistances=10" ] ]'),
  ),
  ...never(
    'it depends on the CPUs of the host',
    'xl: vnuma specifies more vcpus than pcpus, use maxvcpus= to override this check.',
    'Failed to get online cpus',
    'libxl_get_physinfo failed',
    'libxl_node_to_cpumap failed.',
  ),
  ...printed('illegal leaf number', hvmConfig('cpuid = [ "zz:eax=1" ]')),
  ...printed('illegal subleaf number', hvmConfig('cpuid = [ "0x1,zz:eax=1" ]')),
  ...printed('missing colon', hvmConfig('cpuid = [ "0x1" ]')),
  ...printed('missing "=" in key=value', hvmConfig('cpuid = "host,tm"')),
  ...printed('unknown CPUID flag name', hvmConfig('cpuid = "host,zz=1"')),
  ...printed('  error: first word must be "host"', hvmConfig('cpuid = "tm=0"')),
  ...printed('invalid register name (must be e[abcd]x)', hvmConfig('cpuid = [ "0x1:zzz=1" ]')),
  ...printed('policy string must be exactly 32 characters long', hvmConfig('cpuid = [ "0x1:eax=1" ]')),
  ...printed('illegal CPUID value (must be: [0|1|x|k|s])', hvmConfig('cpuid = "host,tm=z"')),

  // The platform
  ...rejected('ERROR: invalid value %ld for "tsc_mode"', pvConfig('tsc_mode = 9')),
  ...rejected('ERROR: invalid value "%s" for "tsc_mode"', pvConfig('tsc_mode = "fast"')),
  ...rejected(
    'ERROR: "timer_mode" option is not supported for PV guests.',
    pvConfig('timer_mode = 1'),
    pvConfig('timer_mode = "no_missed_ticks_pending"'),
  ),
  ...rejected('ERROR: invalid value %ld for "timer_mode"', hvmConfig('timer_mode = 9')),
  ...rejected('ERROR: invalid value "%s" for "timer_mode"', hvmConfig('timer_mode = "fast"')),
  ...printed(
    'WARNING: you seem to be using "kernel" directive to override HVM guest firmware. Ignore that. Use "firmware_override" instead if you really want a non-default firmware',
    hvmConfig('kernel = "hvmloader"'),
    hvmConfig('kernel = "/usr/lib/xen/boot/hvmloader"'),
  ),
  ...rejected('ERROR: invalid value "%s" for "bios"', hvmConfig('bios = "coreboot"')),
  ...printed(
    'WARNING: bios_path_override given without specific bios name',
    hvmConfig('bios_path_override = "/b"'),
  ),
  ...rejected("xl: unknown viridian enlightenment '%s'", hvmConfig('viridian = [ "zz" ]')),
  ...rejected(
    'ERROR: invalid value %ld for "mmio_hole"',
    hvmConfig('mmio_hole = 4096'),
    hvmConfig('mmio_hole = 255'),
  ),
  ...rejected('ERROR: "ms_vm_genid" option must be "generate" or "none"', hvmConfig('ms_vm_genid = "zz"')),
  ...rejected("ERROR: unrecognized MCA capability '%s'.", hvmConfig('mca_caps = [ "zz" ]')),
  ...rejected('ERROR: unable to parse mca_caps.', hvmConfig('mca_caps = "lmce"')),
  ...rejected('ERROR: invalid value %ld for "altp2m"', pvConfig('altp2m = 9')),
  ...rejected('ERROR: invalid value "%s" for "altp2m"', pvConfig('altp2m = "zz"')),
  ...rejected('ERROR: invalid value "%s" for "vuart"', pvConfig('vuart = "zz"')),
  ...rejected('Unknown gic_version "%s" specified', pvConfig('gic_version = "v9"')),
  ...rejected('Unknown tee "%s" specified', pvConfig('tee = "zz"')),
  ...rejected("xl: unknown vendor_device '%s'", hvmConfig('vendor_device = "zz"')),
  ...printed(
    'WARNING: Specifying "altp2mhvm" is deprecated. Please use "altp2m" instead.',
    hvmConfig('altp2mhvm = 1'),
  ),

  // The host's resources
  ...rejected('xl: Unable to get element #%d in ioport list', pvConfig('ioports = [ [ "2f8" ] ]')),
  ...rejected(
    'xl: Invalid argument parsing ioport: %s',
    pvConfig('ioports = [ "zz" ]'),
    pvConfig('ioports = [ "2f8-" ]'),
    pvConfig('ioports = [ "2f8-2ffx" ]'),
  ),
  ...printed('xl: Invalid argument parsing ioport: %s', pvConfig('ioports = [ "2f8 " ]')),
  ...rejected(
    'xl: ioport %lx too big',
    pvConfig('ioports = [ "ffffffff" ]'),
    pvConfig('ioports = [ "1-ffffffff" ]'),
  ),
  ...rejected('xl: Unable to get element %d in irq list', pvConfig('irqs = [ [ "1" ] ]')),
  ...rejected(
    'xl: Invalid argument parsing irq: %s',
    pvConfig('irqs = [ "5-7" ]'),
    pvConfig('irqs = [ "a" ]'),
  ),
  ...rejected('xl: irq %lx too big', pvConfig('irqs = [ 4294967295 ]')),
  ...rejected('xl: Unable to get element %d in iomem list', pvConfig('iomem = [ [ "1,1" ] ]')),
  ...rejected(
    'xl: Invalid argument parsing iomem: %s',
    pvConfig('iomem = [ "a0" ]'),
    pvConfig('iomem = [ "a0,zz" ]'),
    pvConfig('iomem = [ "a0,1@" ]'),
    pvConfig('iomem = [ "a0,1@zz" ]'),
  ),
  ...rejected("unable to parse PCI_SPEC_STRING `%s' for passthrough", pvConfig('pci = [ "zz" ]')),
  ...rejected("ERROR: unknown passthrough option '%s'", pvConfig('passthrough = "zz"')),

  // Devices
  ...rejected(
    "Unknown string `%s' in 9pfs spec",
    pvConfig('p9 = [ "tag=a,security_model=none,path=/x,colour=red" ]'),
  ),
  ...rejected(
    '9pfs spec missing required field!',
    pvConfig('p9 = [ "tag=a,path=/x" ]'),
    pvConfig('p9 = [ "" ]'),
  ),
  ...rejected('vtpm spec missing required backend field!', pvConfig('vtpm = [ "" ]')),
  ...rejected(
    'Failed to parse vtpm UUID: %s',
    pvConfig('vtpm = [ "uuid=z" ]'),
    pvConfig('vtpm = [ "backend=a,uuid=z" ]'),
  ),
  ...rejected("Unknown string `%s' in vtpm spec", pvConfig('vtpm = [ "backend=a,colour=red" ]')),
  ...rejected('At least one connector should be specified.', pvConfig('vdispl = [ "backend=a" ]')),
  ...rejected("Can't parse connector resolution", pvConfig('vdispl = [ "connectors=id0:1920" ]')),
  ...rejected('Unknown string "%s" in vdispl spec', pvConfig('vdispl = [ "colour=red" ]')),
  ...rejected("Unknown string `%s' in pvcalls spec", pvConfig('pvcalls = [ "colour=red" ]')),
  ...rejected('Failed to get vsnd card list: %s', pvConfig('vsnd = [ "card" ]')),
  ...rejected('Invalid key: %s', pvConfig('vsnd = [ [ "cards" ] ]')),
  ...rejected('Invalid parameter: %s', pvConfig('vsnd = [ [ "card,colour=red" ] ]')),
  ...rejected('Invalid pcm format: %s', pvConfig('vsnd = [ [ "card,sample-formats=zz" ] ]')),
  ...never('xl accepts a stream before any pcm', 'No pcm device', 'No vsnd pcm device', 'No vsnd stream'),
  ...rejected('Invalid stream type: %s', pvConfig('vsnd = [ [ "card", "pcm,name=a", "stream,type=x" ] ]')),
  ...rejected('Unknown backend_type "%s" in vkb spec', pvConfig('vkb = [ "backend-type=zz" ]')),
  ...rejected('Unknown string "%s" in vkb spec', pvConfig('vkb = [ "foo=1" ]')),
  ...rejected('backend-type should be set in vkb spec', pvConfig('vkb = [ "unique-id=1" ]')),
  ...rejected(
    'multi-touch-width, multi-touch-height, multi-touch-num-contacts should be set for multi touch in vkb spec',
    pvConfig('vkb = [ "backend-type=qemu,feature-multi-touch=1" ]'),
  ),
  ...printed("Invalid parameter `type'.", pvConfig('vif = [ "type=zz" ]')),
  // xl continues with the bytes before the error, so that the card has another address than in the config.
  {
    message: "Invalid parameter `mac'.",
    config: pvConfig('vif = [ "mac=zz" ]'),
    isFatal: false,
    weReject: true,
  },
  ...printed("unrecognized argument `%s'", pvConfig('vif = [ "colour=red" ]')),
  ...printed('the accel parameter for vifs is currently not supported', pvConfig('vif = [ "accel=1" ]')),
  ...printed(
    'the netdev parameter is deprecated, please use gatewaydev instead',
    pvConfig('vif = [ "netdev=a" ]'),
  ),
  ...rejected("Invalid usb controller type '%s'", pvConfig('usbctrl = [ "type=zz" ]')),
  ...rejected("Unknown string `%s' in usbctrl spec", pvConfig('usbctrl = [ "colour=red" ]')),
  ...rejected('Invalid usb device type: %s', pvConfig('usbdev = [ "type=zz" ]')),
  ...rejected("Unknown string `%s' in usbdev spec", pvConfig('usbdev = [ "colour=red" ]')),
  ...rejected('failed to parse channel configuration: %s', pvConfig('channel = [ "connection=pty,foo" ]')),
  ...rejected("unknown channel connection '%s'", pvConfig('channel = [ "connection=tcp,name=a" ]')),
  ...rejected("channel has unknown 'connection'", pvConfig('channel = [ "name=a" ]')),
  ...rejected(
    "channel connection 'socket' requires path=..",
    pvConfig('channel = [ "connection=socket,name=a" ]'),
  ),
  ...printed(
    "unknown channel parameter '%s', ignoring",
    pvConfig('channel = [ "connection=pty,name=a,foo=1" ]'),
  ),
  ...printed('WARNING: vif2: netchannel2 is deprecated and not supported by xl', pvConfig('vif2 = [ "a" ]')),

  // Displays and the device model
  ...rejected('Unknown vga "%s" specified', hvmConfig('vga = "zz"')),
  ...rejected('ERROR: invalid value "%s" for "hdtype"', hvmConfig('hdtype = "zz"')),
  ...rejected('ERROR: invalid value "%s" for "gfx_passthru"', hvmConfig('gfx_passthru = "zz"')),
  ...rejected(
    'ERROR: Display specified both in vnclisten and vncdisplay!',
    hvmConfig('vnc = 1', 'vnclisten = "0.0.0.0:5"', 'vncdisplay = 3'),
  ),
  ...rejected('Unknown device_model_version "%s" specified', hvmConfig('device_model_version = "zz"')),
  ...rejected('xl: Unable to parse device_model_args.', pvConfig('device_model_args = "a"')),
  ...rejected('xl: Unable to parse device_model_args_pv.', pvConfig('device_model_args_pv = "a"')),
  ...rejected('xl: Unable to parse device_model_args_hvm.', pvConfig('device_model_args_hvm = "a"')),
  ...printed('WARNING: ignoring device_model directive.', hvmConfig('device_model = "/q"')),
  ...printed(
    'WARNING: device model override given without specific DM version',
    hvmConfig('device_model_override = "/q"'),
  ),
  ...printed('WARNING: msr_relaxed will be removed in future versions.', pvConfig('msr_relaxed = 1')),

  ...printed(
    'WARNING: specifying "tsc_mode" as an integer is deprecated. Please use the named parameter variant. %s%s%s',
    pvConfig('tsc_mode = 1'),
  ),
  ...printed(
    'WARNING: specifying "timer_mode" as an integer is deprecated. Please use the named parameter variant. %s%s%s',
    hvmConfig('timer_mode = 1'),
  ),
  ...printed(
    'WARNING: ignoring "vncviewer" option. Use "-V" option of "xl create" to automatically spawn vncviewer.',
    pvConfig('vncviewer = 1'),
  ),
  ...printed(
    'WARNING: Specifying "bootloader_args" as a string is deprecated. Please use a list of arguments.',
    pvConfig('bootloader = "pygrub"', 'bootloader_args = "-q"'),
  ),
  ...never(
    'a config that brings xl to print it was not found',
    'WARNING: ignoring "device_model_stubdomain_override" directive for pv guest',
  ),
  ...never(
    'a syntax error is reported before it, with its line',
    'Failed to parse config: %s',
    'xlu_disk_parse failed: %s',
    'xlu_vif_parse_rate failed: %s',
  ),
  ...never(
    'xl has an error of this number for none of its cases',
    'unknown error',
    'unknown channel connection: %d',
  ),
  ...never(
    'a value of the wrong type is ignored, or read as the other type that it may have',
    'xl: Unable to parse serial.',
    'xl: Unable to parse usbdevice.',
    'xl: Unable to parse bootloader_args.',
    'xl: Unable to parse viridian enlightenments.',
  ),
  ...never(
    'memory or the system fails',
    'Unable to allocate cpumap',
    'Unable to allocate cpumap for vcpu %d',
    'Unable to allocate cpumap for vcpu 0',
    'Failed to allocate memory for cmdline',
    'libxl_node_bitmap_alloc failed.',
    'unable to allocate memory to split string',
    'unable to duplicate string for dtdevs',
    'unable to allocate memory for ioports',
    'unable to allocate memory for iomem',
    'ERROR: failed to generate a VM Generation ID',
  ),
];
