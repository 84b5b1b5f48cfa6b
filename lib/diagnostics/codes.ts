/** error: no output is written. warning: something is omitted. info: something is converted or filled in. */
export type Severity = 'error' | 'warning' | 'info';

interface CodeDescription {
  readonly severity: Severity;
  /** One sentence for docs/diagnostics.md. */
  readonly meaning: string;
}

/**
 * The closed list of diagnostic codes. The severity of a code is fixed. error: no output is written,
 * because it would be wrong, would be rejected by the target, or would lose a channel or data.
 * warning: something is omitted. info: something is converted, or a default is filled in.
 */
export const codes = {
  'input-too-large': {
    severity: 'error',
    meaning: 'The document is larger than the limit (default: 4 MiB).',
  },
  'input-encoding': { severity: 'error', meaning: 'The document is not UTF-8.' },
  'input-unrecognized': { severity: 'error', meaning: 'The document is neither a domain XML nor an xl.cfg.' },

  'xml-syntax': { severity: 'error', meaning: 'The XML is not well-formed.' },
  'xml-character': { severity: 'error', meaning: 'The XML contains a character that XML does not allow.' },
  'xml-reference': { severity: 'error', meaning: 'An entity or character reference is undefined.' },
  'xml-doctype': { severity: 'error', meaning: 'The XML has a DOCTYPE; domain XML must not have one.' },
  'xml-nesting': { severity: 'error', meaning: 'Elements are nested more than 100 levels deep.' },
  'xml-root': { severity: 'error', meaning: 'The root element is not <domain>.' },

  'xl-syntax': { severity: 'error', meaning: 'The xl.cfg has a syntax error; xl rejects it, too.' },
  'xl-python': {
    severity: 'error',
    meaning: 'The config is a Python program, as xm read it; xl reads plain settings only.',
  },
  'xl-nonstandard-syntax': {
    severity: 'warning',
    meaning:
      'The xl.cfg uses a syntax that only libvirt or an old xl accepts; the current xl rejects or ignores it.',
  },
  'xl-overridden': { severity: 'warning', meaning: 'A setting is given more than once; xl uses the last.' },
  'xl-ignored': { severity: 'warning', meaning: 'xl ignores this value, so the conversion ignores it, too.' },
  'xl-option-unknown': {
    severity: 'warning',
    meaning: 'xl has no such option and ignores it without a message.',
  },
  'xl-escaped': {
    severity: 'info',
    meaning: "The value is written with xl's escape sequences; libvirt's xl.cfg reader does not decode them.",
  },
  'xl-unrepresentable': {
    severity: 'error',
    meaning: 'The value cannot be expressed in an xl.cfg, or xl would read it differently.',
  },

  'value-missing': { severity: 'error', meaning: 'A required value is missing.' },
  'value-invalid': {
    severity: 'error',
    meaning: 'A value is not valid for its element, attribute or setting.',
  },
  'value-default': {
    severity: 'info',
    meaning: 'A value that the target requires is not in the document; a default is written.',
  },

  'value-adjusted': {
    severity: 'warning',
    meaning: 'A value exceeds another value that limits it and is reduced to that limit.',
  },

  'kernel-argument': {
    severity: 'warning',
    meaning:
      'The kernel command line names a device by a name that it may not have under the other hypervisor.',
  },
  'not-implemented': { severity: 'warning', meaning: 'virt2xen does not convert this; it is omitted.' },
  unsupported: { severity: 'warning', meaning: 'The target does not support this; it is omitted.' },
  'target-too-old': {
    severity: 'warning',
    meaning: 'The selected Xen or libvirt release does not support this.',
  },
  'preserved-conflict': {
    severity: 'warning',
    meaning: 'A value preserved by an earlier conversion no longer fits the document and is not restored.',
  },
  implied: {
    severity: 'info',
    meaning: 'Omitted without loss: it is the default of the target, or detected automatically.',
  },
  'host-only': {
    severity: 'info',
    meaning: 'Omitted without loss to the guest: it concerns the management of the domain on its host.',
  },
  converted: { severity: 'info', meaning: 'Something is converted to its counterpart in the target.' },

  'domain-type': { severity: 'error', meaning: 'The domain type or guest type cannot be converted to Xen.' },
  'device-unsupported': {
    severity: 'error',
    meaning: 'The target does not support a device that the guest depends on.',
  },

  'device-dropped': {
    severity: 'warning',
    meaning: 'A device is omitted because it was selected to be dropped.',
  },
  'drop-unmatched': {
    severity: 'info',
    meaning: 'No device of the document matches a selector of devices to drop.',
  },

  'channel-target': {
    severity: 'error',
    meaning: 'The target type of a channel is missing, or does not exist on Xen.',
  },
  'channel-name': {
    severity: 'error',
    meaning: 'A channel has no name, or its name cannot be expressed in the target.',
  },
  'channel-duplicate': {
    severity: 'error',
    meaning: 'Two channels have the same name or the same socket path.',
  },
  'channel-path': { severity: 'error', meaning: 'A channel socket has no path, or its path is not valid.' },
  'channel-connection': {
    severity: 'error',
    meaning: 'The connection of a channel has no counterpart in the target.',
  },
  'channel-transport': {
    severity: 'error',
    meaning:
      'A channel cannot be a virtio-serial port: the guest is not an HVM guest, no port is free, or its device model runs elsewhere.',
  },
  'channel-attach': {
    severity: 'error',
    meaning: 'A channel cannot be attached to a running domain: no backend can serve it.',
  },
  'options-invalid': {
    severity: 'error',
    meaning: 'A line of an options file of the daemon is not valid.',
  },
  'channel-unsaved': {
    severity: 'warning',
    meaning:
      'A virtio-serial port is not in the config of the running guest: while it exists, a saved or migrated guest cannot be restored.',
  },
  'channel-default-path': {
    severity: 'info',
    meaning: "A channel has no path; the default path of libvirt's Xen driver is written.",
  },
  'channel-limit': {
    severity: 'warning',
    meaning: 'More than seven channels; a Linux guest sees only the first seven.',
  },
  'channel-first-dropped': {
    severity: 'info',
    meaning: 'Xen 4.17 and older drop the first channel of a config.',
  },
  'channel-dropped': {
    severity: 'warning',
    meaning: 'The first channel of an xl.cfg, which the chosen release of Xen drops.',
  },
  'channel-placeholder': {
    severity: 'info',
    meaning: 'A placeholder for the first channel, which Xen 4.17 drops, is added or removed.',
  },
  'channel-backend': {
    severity: 'warning',
    meaning: 'libvirt has no attribute for the backend domain of a channel; it is preserved in <metadata>.',
  },

  'channel-requires-hook': {
    severity: 'warning',
    meaning:
      "libvirt's Xen driver cannot create a channel; it is preserved in <metadata>, and the libvirt hook creates it.",
  },
  'no-effect': {
    severity: 'warning',
    meaning: "The element stays in the document, but the target's libvirt driver ignores it.",
  },

  'schema-violation': {
    severity: 'warning',
    meaning: "A value does not match libvirt's schema; `virsh define` with validation rejects it.",
  },
  'disk-secret': {
    severity: 'warning',
    meaning: 'A disk uses a libvirt secret; the key must be in the Ceph keyring.',
  },
  'guest-changes': {
    severity: 'info',
    meaning: 'What has to change inside of a KVM guest before it runs on Xen; once per conversion.',
  },
  'disk-network': {
    severity: 'warning',
    meaning:
      "A disk on the network, which only some guests, or not libvirt's Xen driver, can use in this form.",
  },

  'profile-libvirt': {
    severity: 'warning',
    meaning:
      "With the profile `libvirt`, the output is that of libvirt's converter, but xl, libxl, QEMU or libvirt itself reads it differently or rejects it.",
  },
  'spice-port': {
    severity: 'warning',
    meaning: 'SPICE requires a port in an xl.cfg, and the XML does not specify one; a default is written.',
  },
  'hostdev-network': {
    severity: 'warning',
    meaning:
      'xl assigns an SR-IOV interface without its network settings; the administrator sets them in dom0.',
  },
  'network-bridge': {
    severity: 'warning',
    meaning: "The bridge of libvirt's own network `default` is not known offline; its usual one is written.",
  },

  'config-syntax': { severity: 'error', meaning: 'The configuration file is not valid TOML.' },
  'config-key': {
    severity: 'error',
    meaning: 'The configuration file has a section or key that does not exist.',
  },
  'config-value': {
    severity: 'error',
    meaning: 'A value in the configuration file is not valid for its key.',
  },
} as const satisfies Record<string, CodeDescription>;

/** A diagnostic code. */
export type Code = keyof typeof codes;
