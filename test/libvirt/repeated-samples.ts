/** Repeated elements below <domain>, and how libvirt reads them (checked by test/real/repeated.test.ts). */
export const repeatedSamples: readonly (readonly [title: string, twice: string, once: string])[] = [
  [
    'features',
    '<features><acpi/></features><features><apic/><acpi/><pae/></features>',
    '<features><acpi/><apic/><pae/></features>',
  ],
  [
    'parts of a feature',
    "<features><hyperv><relaxed state='on'/></hyperv></features><features><acpi/><hyperv><vapic state='on'/></hyperv></features>",
    "<features><acpi/><hyperv><relaxed state='on'/><vapic state='on'/></hyperv></features>",
  ],
  [
    'boot devices',
    "<os><boot dev='cdrom'/></os><os><boot dev='hd'/></os>",
    "<os><boot dev='cdrom'/><boot dev='hd'/></os>",
  ],
  [
    'pins of CPUs, and the first of each value',
    "<cputune><shares>10</shares><vcpupin vcpu='0' cpuset='1'/></cputune><cputune><shares>20</shares><vcpupin vcpu='1' cpuset='2'/></cputune>",
    "<cputune><shares>10</shares><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='2'/></cputune>",
  ],
  [
    'the clock',
    "<clock><timer name='tsc' mode='native'/></clock><clock offset='localtime'><timer name='hpet' present='no'/></clock>",
    "<clock offset='localtime'><timer name='tsc' mode='native'/><timer name='hpet' present='no'/></clock>",
  ],
  [
    'sleep states',
    "<pm><suspend-to-mem enabled='no'/></pm><pm><suspend-to-mem enabled='yes'/><suspend-to-disk enabled='no'/></pm>",
    "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>",
  ],
  [
    'the first CPU, and the cells of the second',
    "<cpu mode='host-passthrough'/><cpu><numa><cell id='0' cpus='0-1' memory='1048576'/></numa></cpu>",
    "<cpu mode='host-passthrough'><numa><cell id='0' cpus='0-1' memory='1048576'/></numa></cpu>",
  ],
  [
    'the first CPU alone',
    "<cpu mode='host-passthrough'><feature policy='require' name='vmx'/></cpu><cpu><feature policy='disable' name='avx'/></cpu>",
    "<cpu mode='host-passthrough'><feature policy='require' name='vmx'/></cpu>",
  ],
  [
    'the first of single values',
    '<on_reboot>destroy</on_reboot><on_reboot>restart</on_reboot>',
    '<on_reboot>destroy</on_reboot>',
  ],
];
