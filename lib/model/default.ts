/** What it means that a guest's document does not say something, in each format. */
export interface Default {
  /** The kind of guest; absent: HVM. KVM's guests are HVM alone. */
  readonly guest?: 'pv' | 'pvh';
  /** The setting of xl.cfg, or its parameter. */
  readonly key: string;
  /** Its counterpart below `<domain>`. */
  readonly element: string;
  /** What xl and libxl do without the setting (xl_parse.c, libxl_create.c, libxl_dm.c, libxl_nic.c). */
  readonly xl: string;
  /** What libvirt's Xen driver does without the element (libxl_conf.c, domain_conf.c). */
  readonly libvirtXen: string;
  /** What libvirt's QEMU driver does without the element (domain_conf.c, domain_postparse.c, qemu_command.c). */
  readonly kvm: string;
  /** What else the documents must contain for the default to matter. */
  readonly beside?: { readonly xml: string; readonly xl: string };
  /** What the XML must not contain, either; xl rejects a config without the one and the other. */
  readonly without?: string;
  /** The value that is written to an xl.cfg for XML without the element; absent: none. */
  readonly written?: { readonly xen?: string; readonly kvm?: string };
  /** What is written to XML for an xl.cfg without the setting; absent: nothing. */
  readonly shown?: string;
  /** Where it is an error that the document does not say it: Xen's default would make a guest more reachable. */
  readonly refusedFrom?: 'kvm';
  /** The setting with xl's default value, if it fits on one line. */
  readonly same?: string;
}
