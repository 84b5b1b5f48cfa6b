import type { Severity } from './diagnostic.js';

interface CodeDescription {
  readonly severity: Severity;
  /** One sentence for docs/diagnostics.md: when it is reported. */
  readonly meaning: string;
}

/**
 * The closed list of diagnostics. A code's severity is fixed: an error means that no output is
 * written, because it would be wrong, be refused or lose a channel or data; a warning that
 * something is left out; an info that something was mapped or filled in.
 */
export const codes = {
  'input-too-large': {
    severity: 'error',
    meaning: 'The document is larger than the limit (4 MiB unless told otherwise).',
  },
  'input-encoding': { severity: 'error', meaning: 'The document is not UTF-8.' },
  'input-unknown': {
    severity: 'error',
    meaning: 'The document looks neither like domain XML nor like an xl.cfg.',
  },

  'xml-syntax': { severity: 'error', meaning: 'The XML is not well-formed.' },
  'xml-character': { severity: 'error', meaning: 'The XML holds a character that XML does not allow.' },
  'xml-reference': { severity: 'error', meaning: 'An entity or character reference stands for nothing.' },
  'xml-doctype': { severity: 'error', meaning: 'The XML has a DOCTYPE, which domain XML never needs.' },
  'xml-nesting': { severity: 'error', meaning: 'Elements nest deeper than 100.' },
  'xml-root': { severity: 'error', meaning: 'The root element is not <domain>.' },

  'xl-syntax': { severity: 'error', meaning: 'The xl.cfg is not one that xl could read.' },
  'xl-only-libvirt-reads': {
    severity: 'warning',
    meaning: 'The xl.cfg has a form that others read, or once read; the xl of today refuses or ignores it.',
  },
  'xl-overridden': { severity: 'warning', meaning: 'A setting is given twice; xl uses the last.' },
  'xl-ignored': { severity: 'warning', meaning: 'xl ignores this value, and so does the conversion.' },
  'xl-option-unknown': {
    severity: 'warning',
    meaning: 'xl has no such option; it goes on without a word.',
  },
  'xl-escaped': {
    severity: 'info',
    meaning:
      "A value is written with xl's escapes; libvirt's reader would take the backslashes as they stand.",
  },
  'xl-unwritable': {
    severity: 'error',
    meaning: 'A value cannot be written in an xl.cfg at all, or would be read as something else.',
  },

  'value-missing': { severity: 'error', meaning: 'Something that every domain needs is missing.' },
  'value-invalid': { severity: 'error', meaning: 'A value is not one that its place can have.' },
  'value-default': {
    severity: 'info',
    meaning: 'A value that the document leaves out, and the target cannot do without, was filled in.',
  },

  'value-adjusted': {
    severity: 'warning',
    meaning: 'A value is beyond another that bounds it, and was brought down to it.',
  },

  'not-translated': { severity: 'warning', meaning: 'virt2xen does not translate this; it is left out.' },
  'no-counterpart': { severity: 'warning', meaning: 'The target has nothing like this; it is left out.' },
  'too-new': {
    severity: 'warning',
    meaning: 'The chosen Xen or libvirt is older than this, and cannot read it.',
  },
  'kept-unplaceable': {
    severity: 'warning',
    meaning: 'Something that an earlier conversion kept has no place to return to.',
  },
  implied: { severity: 'info', meaning: 'The target has this without being told, or finds it by itself.' },
  mapped: { severity: 'info', meaning: 'Something became its counterpart on the other side.' },

  'domain-type': {
    severity: 'error',
    meaning: 'The domain is for a hypervisor or guest kind that has no way to Xen.',
  },
  'machine-lost': {
    severity: 'error',
    meaning: 'A device that the guest cannot do without cannot be said in the target.',
  },

  'channel-target': {
    severity: 'error',
    meaning: 'A channel has a target type that cannot exist on Xen, or none.',
  },
  'channel-name': { severity: 'error', meaning: 'A channel has no name, or one that cannot be written.' },
  'channel-duplicate': { severity: 'error', meaning: 'Two channels share a name or a socket path.' },
  'channel-path': { severity: 'error', meaning: 'A channel socket has no path, or one that cannot be used.' },
  'channel-connection': {
    severity: 'error',
    meaning: "A channel's host end has no counterpart in the target.",
  },
  'channel-unrealizable': {
    severity: 'error',
    meaning: 'A channel cannot be made to exist in a running domain: nothing can serve it.',
  },
  'channel-default-path': {
    severity: 'info',
    meaning: "A channel without a path got the one that libvirt's Xen driver gives at start.",
  },
  'channel-many': {
    severity: 'warning',
    meaning: 'More than seven channels: a Linux guest sees only the first seven.',
  },
  'channel-first-lost': { severity: 'info', meaning: 'xl up to 4.17 loses the first channel of a config.' },
  'channel-sacrifice': {
    severity: 'info',
    meaning: 'A sacrificial first channel was added or dropped, because of --xen 4.17.',
  },
  'channel-backend': {
    severity: 'warning',
    meaning: 'libvirt cannot say which domain serves a channel; the name is kept in <metadata>.',
  },

  'channel-hook': {
    severity: 'warning',
    meaning:
      "libvirt's Xen driver cannot make a channel; it is kept in <metadata>, from where the libvirt hook makes it.",
  },
  'no-effect': {
    severity: 'warning',
    meaning: "This stays in the document, but the other hypervisor's driver makes nothing of it.",
  },

  'schema-form': {
    severity: 'warning',
    meaning: "A text has not the form that libvirt's schema wants; `virsh define --validate` refuses it.",
  },
  'secret-unknown': {
    severity: 'warning',
    meaning: 'A disk is opened with a secret that libvirt keeps; the key has to be where Ceph looks for it.',
  },

  'spice-port': {
    severity: 'warning',
    meaning: 'SPICE needs a port in an xl.cfg, and the XML leaves it open; a default was taken.',
  },
  'network-bridge': {
    severity: 'warning',
    meaning: "A libvirt network's bridge cannot be known offline; a default was taken.",
  },
} as const satisfies Record<string, CodeDescription>;

/** The name of a kind of diagnostic. */
export type Code = keyof typeof codes;
